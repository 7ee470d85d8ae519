import { memoryOf, startLanyard } from './process.ts'
import { judged, median, type Row, whole } from './table.ts'

const ROUNDS = 5

/** How long a start takes on a database that is there, and what the process weighs then. */
export async function starting(folder: string): Promise<Row[]> {
  const starts: { ready: number; memory: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const server = await startLanyard(folder)
    starts.push({ ready: server.ready, memory: memoryOf(server) })
    await server.stop()
  }
  const ready = median(starts.map((start) => start.ready))
  const memory = median(starts.map((start) => start.memory))
  return [
    {
      what: 'start to ready, on an existing database',
      figure: `${whole(ready)} ms`,
      floor: 'the whole process',
      ...judged('≤ 1,500 ms', ready <= 1500),
    },
    {
      what: 'resident memory after start',
      figure: `${whole(memory)} MB`,
      floor: 'the whole process',
      ...judged('≤ 150 MB', memory <= 150),
    },
  ]
}
