import { Agent, request } from 'node:http'
import { cpuOf, type Measured } from './process.ts'

export type Load = {
  /** Answers a second. */
  rate: number
  /** CPU of the server for one answer, in microseconds. */
  cpu: number
  /** Milliseconds. */
  p50: number
  p99: number
}
export type Ask = { path: string; method?: string; headers?: Record<string, string>; body?: string }

/**
 * Asks a server `count` times over `connections` keep-alive connections; the first tenth is not counted.
 * @throws Error at the first answer that is not 200
 */
export async function load(
  server: Measured,
  count: number,
  ask: (index: number) => Ask,
  connections = 8,
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port } = new URL(server.url)
  const warmUp = Math.floor(count / 10)
  const times: number[] = []
  let next = 0
  const one = (index: number): Promise<void> =>
    new Promise((done, fail) => {
      const { path, method = 'GET', headers = {}, body } = ask(index)
      const started = performance.now()
      const sent = request(
        {
          agent,
          hostname,
          port,
          path,
          method,
          headers: {
            ...headers,
            ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
          },
        },
        (answer) => {
          answer.resume()
          answer.on('end', () => {
            if (index >= warmUp) times.push(performance.now() - started)
            if (answer.statusCode === 200) done()
            else fail(new Error(`${method} ${path} was answered ${answer.statusCode}`))
          })
        },
      )
      sent.on('error', fail)
      sent.end(body)
    })
  const until = async (limit: number): Promise<void> => {
    while (next < limit) await one(next++)
  }
  const all = (limit: number) => Promise.all(Array.from({ length: connections }, () => until(limit)))
  await all(warmUp)
  const [cpu, started] = [cpuOf(server), performance.now()]
  await all(count)
  const seconds = (performance.now() - started) / 1000
  const used = cpuOf(server) - cpu
  agent.destroy()
  const sorted = times.sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { rate: times.length / seconds, cpu: used / times.length, p50: at(0.5), p99: at(0.99) }
}
