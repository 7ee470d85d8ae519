import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Nodes, startNodes } from '../../support/nodes.ts'
import { copyOf } from '../../support/templates.ts'
import { expectUnavailable, large, transactionOf } from './outage.ts'

// A real server on a real file system of 8 MB that runs full. Only root may mount one, so elsewhere it is skipped.

const folder = mkdtempSync(join(tmpdir(), 'lanyard-disk-'))
const isMounted = mount()
let nodes: Nodes
beforeAll(async () => {
  if (!isMounted) return
  const databaseUrl = await copyOf('migrated', 'sqlite', folder)
  nodes = await startNodes('sqlite', 1, { databaseUrl })
})
afterAll(async () => {
  await nodes?.close()
  if (isMounted) execFileSync('umount', [folder])
  rmSync(folder, { recursive: true, force: true })
})

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'lanyard-test', folder], { stdio: 'ignore' })
    return true
  } catch {
    process.stderr.write('No file system can be mounted here: the test of a full one is skipped\n')
    return false
  }
}

test.skipIf(!isMounted)(
  'a disk that runs full: 503 and nothing half-written, reads go on, and it recovers',
  async () => {
    const put = (id: string) => nodes.send(0, 'PUT', `Basic/${id}`, large(id, 100_000))
    expect((await put('before')).status).toBe(201)
    const filler = join(folder, 'filler')
    const kept = ['before']
    let last = await put('0')
    for (let n = 1; last.status === 201 && n < 200; n++) {
      kept.push(String(n - 1))
      last = await put(String(n))
    }
    const refused = String(kept.length - 1)
    expectUnavailable(last)
    expect(() => writeFileSync(filler, Buffer.alloc(4_000_000))).toThrow(/ENOSPC/)
    expectUnavailable(
      await nodes.send(0, 'POST', '', transactionOf(large('t1', 50_000), large('t2', 50_000))),
    )
    for (const id of kept) expect((await nodes.send(0, 'GET', `Basic/${id}`)).status).toBe(200)
    for (const id of [refused, 't1', 't2'])
      expect((await nodes.send(0, 'GET', `Basic/${id}`)).status).toBe(404)

    execFileSync('mount', ['-o', 'remount,size=32m', folder])
    rmSync(filler, { force: true })
    expect((await put(refused)).status).toBe(201)
    expect((await nodes.send(0, 'POST', '', transactionOf(large('t1'), large('t2')))).status).toBe(200)
    expect(await nodes.run('audit', 'verify')).toMatchObject({ code: 0 })
  },
)
