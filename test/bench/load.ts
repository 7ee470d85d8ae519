import { connect, type Socket } from 'node:net'
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
type Options = {
  connections?: number
  /** What every answer must have. */
  status?: number
  /** Takes each answer as it came. */
  seen?: (index: number, answer: string) => void
}
export type Ask = { path: string; method?: string; headers?: Record<string, string>; body?: string }

/**
 * Asks a server `count` times over `connections` keep-alive connections; the first tenth is not counted. It writes
 * bytes and looks for the end of the answer, no more: a real client would take more CPU than the server.
 * @throws Error at the first answer of another status
 */
export async function load(
  server: Measured,
  count: number,
  ask: (index: number) => Ask,
  { connections = 8, status = 200, seen }: Options = {},
): Promise<Load> {
  const { hostname, port } = new URL(server.url)
  const sockets = await Promise.all(Array.from({ length: connections }, () => opened(hostname, Number(port))))
  const warmUp = Math.floor(count / 10)
  const times: number[] = []
  let next = 0
  const until = async (socket: Socket, limit: number): Promise<void> => {
    while (next < limit) {
      const index = next++
      const request = bytesOf(ask(index), `${hostname}:${port}`)
      const started = performance.now()
      const answer = await exchange(socket, request, status)
      seen?.(index, answer)
      if (index >= warmUp) times.push(performance.now() - started)
    }
  }
  const all = (limit: number) => Promise.all(sockets.map((socket) => until(socket, limit)))
  await all(warmUp)
  const [cpu, started] = [cpuOf(server), performance.now()]
  await all(count)
  const seconds = (performance.now() - started) / 1000
  const used = cpuOf(server) - cpu
  for (const socket of sockets) socket.destroy()
  const sorted = times.sort((a, b) => a - b)
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0
  return { rate: times.length / seconds, cpu: used / times.length, p50: at(0.5), p99: at(0.99) }
}

function opened(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true }, () => resolve(socket))
    socket.once('error', reject)
  })
}

function bytesOf({ path, method = 'GET', headers = {}, body = '' }: Ask, host: string): string {
  const length = body === '' ? [] : [`content-length: ${Buffer.byteLength(body)}`]
  const lines = [
    `${method} ${path} HTTP/1.1`,
    `host: ${host}`,
    ...Object.entries(headers).map((pair) => pair.join(': ')),
    ...length,
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** One request and its whole answer; every server under measurement says how long its answers are. */
function exchange(socket: Socket, request: string, status: number): Promise<string> {
  return new Promise((done, fail) => {
    let received = 0
    let expected = -1
    let head = ''
    let text = ''
    const end = (error?: Error) => {
      socket.off('data', take)
      socket.off('close', broken)
      if (error === undefined) done(text)
      else fail(error)
    }
    const broken = () => end(new Error('the server closed the connection'))
    const take = (chunk: Buffer) => {
      received += chunk.length
      text += chunk.toString('latin1')
      if (expected < 0) {
        head = text
        const blank = head.indexOf('\r\n\r\n')
        if (blank < 0) return
        if (!head.startsWith(`HTTP/1.1 ${status}`)) return end(new Error(`answered ${head.slice(0, 200)}`))
        const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1]
        if (length === undefined) return end(new Error('an answer without length'))
        expected = blank + 4 + Number(length)
      }
      if (received >= expected) end()
    }
    socket.on('data', take)
    socket.on('close', broken)
    socket.write(request)
  })
}
