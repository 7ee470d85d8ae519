import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { hospital } from '../../src/fhir/seed/hospital.ts'
import { lanyard } from '../support/command.ts'
import { serverProcess } from '../support/process.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-data-'))
  return () => rmSync(folder, { recursive: true, force: true })
})

describe('the first start in demo mode', () => {
  test('brings a hospital, a backend service with its key, and a first token in one line', async () => {
    const place = { folder, environment: { LANYARD_SEED_PATIENTS: '20' } }
    const server = await serverProcess(place)
    try {
      const key = join(folder, 'data/demo-backend.jwk.json')
      expect(existsSync(key)).toBe(true)
      expect(statSync(key).mode & 0o077).toBe(0)
      const told = await lanyard(
        ['token', '--client', 'demo-backend', '--key', key, '--scope', 'system/*.rs', '--server', server.url],
        place,
      )
      expect(told).toMatchObject({ code: 0, err: '' })
      const headers = { authorization: `Bearer ${told.out.trim()}` }
      const found = await (await fetch(`${server.url}/fhir/Patient?identifier=MRN|`, { headers })).json()
      expect(found).toMatchObject({ total: 20 })
      const refused = await lanyard(
        ['token', '--client', 'demo-backend', '--key', key, '--scope', 'system/*.d', '--server', server.url],
        place,
      )
      expect([refused.code, refused.err]).toEqual([
        1,
        expect.stringContaining("'system/*.d' is not pre-authorised"),
      ])
    } finally {
      expect(await server.end('SIGTERM')).toMatchObject({ code: 0 })
    }
  })

  test('a second start stores nothing again, and a first one that was killed goes on', async () => {
    const place = { folder, environment: { LANYARD_SEED_PATIENTS: '20' } }
    await (await serverProcess(place)).end('SIGKILL')
    const again = await serverProcess(place)
    await again.end('SIGTERM')
    const count = await lanyard(['seed', '--patients', '20', '--json'], place)
    expect(count.code).toBe(0)
    const dry = await lanyard(['import', writeHospital(20), '--json'], place)
    expect(JSON.parse(dry.out)).toMatchObject({ created: 0, updated: 0 })
  })

  test('a database with data of its own is left alone', async () => {
    writeFileSync(join(folder, 'own.ndjson'), '{"resourceType":"Patient","id":"own"}\n')
    const place = { folder, environment: { LANYARD_SEED_PATIENTS: '5' } }
    await lanyard(['import', 'own.ndjson'], place)
    await (await serverProcess(place)).end('SIGTERM')
    expect(existsSync(join(folder, 'data/demo-backend.jwk.json'))).toBe(false)
  })
})

function writeHospital(patients: number): string {
  const path = join(folder, 'hospital.ndjson')
  writeFileSync(
    path,
    [...hospital({ patients, anchor: '2026-11-21' })].map((resource) => JSON.stringify(resource)).join('\n'),
  )
  return path
}

describe('lanyard seed', () => {
  test('is refused in production unless it is meant', async () => {
    const place = {
      folder,
      environment: { LANYARD_MODE: 'production', LANYARD_BASE_URL: 'https://auth.example.org' },
    }
    const refused = await lanyard(['seed', '--patients', '1'], place)
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--force')])
    expect(await lanyard(['seed', '--patients', '1', '--force'], place)).toMatchObject({ code: 0 })
  })

  test.each(['0', 'many', '-3', '1.5'])('refuses %s patients with a sentence', async (patients) => {
    const refused = await lanyard(['seed', `--patients=${patients}`], { folder })
    expect([refused.code, refused.err]).toEqual([1, 'Ask for 1 to 1,000,000 patients.\n'])
  })
})

describe('lanyard import', () => {
  test('ends with 1 when lines were left out, and tells them on standard error', async () => {
    writeFileSync(join(folder, 'mixed.ndjson'), '{"resourceType":"Patient","id":"a"}\nnope\n')
    const done = await lanyard(['import', 'mixed.ndjson', '--json'], { folder })
    expect([done.code, done.err]).toEqual([
      1,
      expect.stringContaining('mixed.ndjson:2 is not JSON; left out.'),
    ])
    expect(JSON.parse(done.out)).toMatchObject({ created: 1, bad: 1 })
  })
})
