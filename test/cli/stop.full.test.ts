import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { Agent, type IncomingMessage, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freshPostgres } from '../support/database.ts'
import { type ServerProcess, serverProcess } from '../support/process.ts'

const form = 'grant_type=client_credentials'

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let folder: string
  let server: ServerProcess
  let agent: Agent
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lanyard-stop-'))
    const environment: Record<string, string> = {}
    if (engine === 'postgres') environment.LANYARD_DATABASE_URL = await freshPostgres()
    server = await serverProcess({ folder, environment })
    agent = new Agent({ keepAlive: true, maxSockets: 1 })
  })
  afterEach(() => {
    agent.destroy()
    rmSync(folder, { recursive: true })
  })

  /** A token request whose body is still on its way. */
  function halfARequest() {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': form.length }
    const asked = request(`${server.url}/oauth2/token`, { method: 'POST', headers, agent })
    asked.write(form.slice(0, 10))
    return asked
  }

  const until = async (true_: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await true_())) await new Promise((soon) => setTimeout(soon, 10))
  }
  const refuses = () =>
    fetch(`${server.url}/health/live`).then(
      () => false,
      () => true,
    )

  test('on SIGTERM a request under way finishes, new ones are refused, and the exit code is 0', async () => {
    const asked = halfARequest()
    const answered = once(asked, 'response') as Promise<[IncomingMessage]>
    // The connection is there; what came so far was read.
    await once(asked, 'socket').then(([socket]) => socket.connecting && once(socket, 'connect'))
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200)

    const ended = server.end('SIGTERM')
    await until(refuses)
    asked.end(form.slice(10))
    const [response] = await answered
    // It was told what is wrong with it, by the server and not by its end.
    expect(response.statusCode).toBe(401)
    expect(JSON.parse(await text(response))).toMatchObject({ error: 'invalid_client' })
    expect(response.headers.connection).toBe('close')

    const { code, signal } = await ended
    expect({ code, signal }).toEqual({ code: 0, signal: null })
    const messages = server.logged().map(({ msg }) => msg)
    expect(messages[0]).toBe('ready')
    expect(messages.slice(-2)).toEqual(['request', 'stopped'])
    expect(messages).toContain('stopping')
    expect(server.logged().filter(({ level }) => level === 'error' || level === 'warn')).toEqual([])
    // The database was closed: the write-ahead log is back in its file.
    if (engine === 'sqlite') {
      expect(readdirSync(join(folder, 'data'))).toEqual(['lanyard.sqlite'])
      expect(statSync(join(folder, 'data/lanyard.sqlite')).mode & 0o777).toBe(0o600)
    }
  })

  test('SIGINT stops it as well, and idle connections do not hold it up', async () => {
    const asked = request(`${server.url}/health/live`, { agent }).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    await text(response)
    expect(response.headers.connection).toBe('keep-alive')
    const began = Date.now()
    expect(await server.end('SIGINT')).toMatchObject({ code: 0, signal: null })
    // Requests under way would have ten seconds.
    expect(Date.now() - began).toBeLessThan(9000)
  })
})
