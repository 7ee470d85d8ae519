import { createSign, createVerify, generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from './client.ts'
import { type Load, load } from './load.ts'
import { runLanyard, startBareProvider, startLanyard } from './process.ts'
import { judged, median, type Row, ratio, whole } from './table.ts'

const REQUESTS = 6000
const ROUNDS = 3

/** Tokens a second for a backend service, beside oidc-provider as it comes and beside the bare cryptography. */
export async function tokens(folder: string): Promise<Row[]> {
  const client = createClient()
  writeFileSync(join(folder, 'client.json'), JSON.stringify(client.metadata))
  await runLanyard(folder, ['client', 'add', 'client.json'])
  const bare = await startBareProvider(client.jwk)
  const ours = await startLanyard(folder)
  const runs: { bare: Load; ours: Load }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const atBare = client.tokenRequests(`${bare.url}/token`, '/token', REQUESTS)
    const atOurs = client.tokenRequests(`${ours.url}/oauth2/token`, '/oauth2/token', REQUESTS)
    runs.push({
      bare: await load(bare, REQUESTS, (index) => atBare[index] ?? { path: '/' }),
      ours: await load(ours, REQUESTS, (index) => atOurs[index] ?? { path: '/' }),
    })
  }
  await Promise.all([bare.stop(), ours.stop()])
  const of = (pick: (run: { bare: Load; ours: Load }) => number) => median(runs.map(pick))
  const times = of((run) => run.bare.cpu / run.ours.cpu)
  const rates = of((run) => run.ours.rate / run.bare.rate)
  const p99 = of((run) => run.ours.p99)
  const crypto = cryptoMicroseconds()
  return [
    {
      what: 'client_credentials, RS384 in, ES256 out, SQLite, 8 connections',
      figure: `${whole(of((run) => run.ours.rate))} a second, ${whole(of((run) => run.ours.cpu))} µs CPU`,
      floor: `oidc-provider, memory, RS256: ${whole(of((run) => run.bare.rate))} a second, ${whole(of((run) => run.bare.cpu))} µs CPU: ${ratio(times)} (by requests a second: ${ratio(rates)})`,
      ...judged('≥ 1.5 ×', times >= 1.5),
    },
    {
      what: 'the same, 99th percentile',
      figure: `${p99.toFixed(1)} ms`,
      floor: `${of((run) => run.bare.p99).toFixed(1)} ms`,
      ...judged('< 50 ms', p99 < 50),
    },
    {
      what: 'its limit: verify RS384 and sign ES256 in a loop',
      figure: `${whole(crypto)} µs CPU`,
      floor: `the request takes ${ratio(of((run) => run.ours.cpu) / crypto)} as much`,
    },
  ]
}

function cryptoMicroseconds(): number {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const content = 'x'.repeat(500)
  const signature = createSign('sha384').update(content).sign(rsa.privateKey)
  const once = () => {
    createVerify('sha384').update(content).verify(rsa.publicKey, signature)
    createSign('sha256').update(content).sign({ key: ec.privateKey, dsaEncoding: 'ieee-p1363' })
  }
  for (let i = 0; i < 500; i++) once()
  const before = process.cpuUsage()
  for (let i = 0; i < 3000; i++) once()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 3000
}
