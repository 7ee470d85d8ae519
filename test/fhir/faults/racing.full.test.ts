import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Nodes, startNodes } from '../../support/nodes.ts'
import { raceTests } from './racing.ts'

describe.each(['sqlite', 'postgres'] as const)('two processes on one %s database', (engine) => {
  let nodes: Nodes
  beforeAll(async () => {
    nodes = await startNodes(engine, 2)
  })
  afterAll(() => nodes?.close())

  raceTests(
    () =>
      async (writer, ...request) =>
        await nodes.send(writer % 2, ...request),
  )

  test('AUD-10 what they wrote to the audit is one chain', async () => {
    const { code, out } = await nodes.run('audit', 'verify', '--json')
    expect(code, out).toBe(0)
  })
})
