import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../../src/store/open.ts'
import { type Nodes, startNodes } from '../../support/nodes.ts'
import type { Answer } from '../../support/oauth.ts'
import { main } from '../../support/process.ts'
import { large, transactionOf } from './outage.ts'

const CRASHES = 3
const WRITERS = 4
/** Resources of one import. */
const IMPORTED = 6000

// `kill -9` in the midst of what is written; what was answered for is there, and of the rest all or nothing.
describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let nodes: Nodes
  beforeAll(async () => {
    nodes = await startNodes(engine, 1)
  })
  afterAll(() => nodes?.close())

  const audited = async (): Promise<string[]> => {
    const db = await openDatabase(nodes.databaseUrl, 0)
    const rows = await db.kysely
      .selectFrom('audit')
      .select('detail')
      .where('outcome', '=', 'success')
      .execute()
    await db.close()
    return rows.map(({ detail }) => detail ?? '')
  }

  test('AUD-01 REST-16 kill -9 in the midst of transactions leaves each whole or not there', async () => {
    const answered: string[] = []
    const sent: string[] = []
    for (let crash = 0; crash < CRASHES; crash++) {
      const before = answered.length
      let alive = true
      const writer = async (number: number): Promise<void> => {
        for (let n = 0; alive; n++) {
          const id = `c${crash}-${number}-${n}`
          sent.push(id)
          const parts = [0, 1, 2].map((part) => large(`${id}.${part}`, 500))
          const answer = await nodes.send(0, 'POST', '', transactionOf(...parts)).catch(() => undefined)
          if (answer?.status === 200) answered.push(id)
        }
      }
      const writers = Array.from({ length: WRITERS }, (_, number) => writer(number))
      while (answered.length < before + 10) await setTimeout(2)
      await setTimeout(Math.random() * 50)
      await nodes.end(0, 'SIGKILL')
      alive = false
      await Promise.all(writers)
      await nodes.start(0)
    }
    const there = await idsThere()
    const partsOf = (id: string) => there.filter((one) => one.startsWith(`${id}.`)).length
    expect(answered.filter((id) => partsOf(id) !== 3)).toEqual([])
    expect(sent.filter((id) => ![0, 3].includes(partsOf(id)))).toEqual([])
    // The audit knows of each that is there, and its chain holds.
    const told = (await audited()).join('\n')
    expect(there.filter((id) => !told.includes(`Basic/${id}`))).toEqual([])
    expect(await nodes.run('audit', 'verify')).toMatchObject({ code: 0 })
  })

  async function idsThere(): Promise<string[]> {
    const ids: string[] = []
    let path: string | undefined = 'Basic?_count=1000&_elements=id'
    while (path !== undefined) {
      const {
        status,
        body,
      }: Answer & {
        body: { entry?: { resource: { id: string } }[]; link?: { relation: string; url: string }[] }
      } = await nodes.send(0, 'GET', path)
      expect(status).toBe(200)
      ids.push(...(body.entry ?? []).map(({ resource }) => resource.id))
      path = body.link?.find(({ relation }) => relation === 'next')?.url.split('/fhir/')[1]
    }
    return ids
  }

  test('kill -9 in the midst of an import leaves whole batches, and the same import again brings the rest', async () => {
    const file = join(nodes.place.folder, 'many.ndjson')
    const resources = Array.from({ length: IMPORTED }, (_, n) => ({
      resourceType: 'Flag',
      id: `f${n}`,
      status: 'active',
      code: { text: 'x' },
      subject: { reference: `Patient/p${n}` },
    }))
    writeFileSync(file, resources.map((it) => JSON.stringify(it)).join('\n'))
    const total = async (): Promise<number> =>
      Number((await nodes.send(0, 'GET', 'Flag?_summary=count')).body.total)

    const { PATH } = process.env
    const child = spawn(process.execPath, [main, 'import', 'many.ndjson'], {
      cwd: nodes.place.folder,
      env: { PATH, ...nodes.place.environment },
      stdio: 'ignore',
    })
    const ended = once(child, 'close')
    while (child.exitCode === null && (await total()) === 0) await setTimeout(5)
    child.kill('SIGKILL')
    await ended
    const half = await total()
    expect(half).toBeGreaterThan(0)

    const again = await nodes.run('import', 'many.ndjson', '--json')
    expect(again.code, again.err).toBe(0)
    const { created, updated, unchanged, skipped } = JSON.parse(again.out)
    expect([created, updated, unchanged + skipped]).toEqual([IMPORTED - half, 0, half])
    expect(await total()).toBe(IMPORTED)
    // Each can be found by what it says, so the index is as whole as the resources are.
    for (const n of [0, half - 1, half, IMPORTED - 1]) {
      const { body } = await nodes.send(0, 'GET', `Flag?patient=Patient/p${n}`)
      expect(body).toMatchObject({ total: 1, entry: [{ resource: { id: `f${n}` } }] })
    }
    expect(await nodes.run('audit', 'verify')).toMatchObject({ code: 0 })
    expect((await nodes.run('doctor', '--json')).code).toBe(0)
  })
})
