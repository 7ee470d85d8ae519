import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/store/open.ts'
import { type BackendClient, backendClient } from '../support/backend-client.ts'
import { lanyard } from '../support/command.ts'
import { freshPostgres } from '../support/database.ts'
import { freePort } from '../support/free-port.ts'
import { type Place, type ServerProcess, serverProcess } from '../support/process.ts'

/** What the server answered for: the token it gave, and the assertion that was used up for it. */
type Answered = { token: string; jti: string; assertion: string }

const CRASHES = 3
/** Requests under way at once. */
const CALLERS = 6
/** The fewest answers between two crashes, so that there is something to lose. */
const LEAST = 15

// `kill -9` of the server process. On PostgreSQL the database lives on, as it would on another machine.
describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let folder: string
  let url: string
  let place: Place
  let client: BackendClient
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lanyard-crash-'))
    // The same port each time: the address is the issuer, and the audience of the assertions.
    const port = String(await freePort())
    url = `http://localhost:${port}`
    const database =
      engine === 'postgres' ? await freshPostgres() : `sqlite:${join(folder, 'lanyard.sqlite')}`
    place = { folder, environment: { LANYARD_PORT: port, LANYARD_DATABASE_URL: database } }
    client = await backendClient()
    writeFileSync(join(folder, 'client.json'), JSON.stringify(client.metadata))
    expect(await lanyard(['client', 'add', 'client.json'], place)).toMatchObject({ code: 0 })
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  /** Asks for tokens from all sides until the server is killed in the midst of it. */
  async function loadUntilKilled(server: ServerProcess, kept: Answered[]): Promise<void> {
    let alive = true
    let answers = 0
    const caller = async (): Promise<void> => {
      while (alive) {
        const assertion = await client.assertion(url)
        const token = await tokenFor(assertion)
        if (token === undefined) continue
        kept.push({ token, assertion, jti: String(decodeJwt(token).jti) })
        answers++
      }
    }
    const callers = Array.from({ length: CALLERS }, caller)
    while (answers < LEAST) await new Promise((soon) => setTimeout(soon, 5))
    await new Promise((soon) => setTimeout(soon, Math.random() * 120))
    expect(await server.end('SIGKILL')).toMatchObject({ code: null, signal: 'SIGKILL' })
    alive = false
    await Promise.all(callers)
  }

  /** The token, if the answer arrived whole: only then it was answered for. */
  async function tokenFor(assertion: string): Promise<string | undefined> {
    let response: Response
    let body: { access_token?: string }
    try {
      response = await client.token(url, assertion)
      body = (await response.json()) as typeof body
    } catch {
      return undefined
    }
    expect(body).toMatchObject({ token_type: 'Bearer' })
    return body.access_token
  }

  async function auditedTokens(): Promise<Set<string | null>> {
    const db = await openDatabase(String(place.environment?.LANYARD_DATABASE_URL), 0)
    const rows = await db.kysely
      .selectFrom('audit')
      .select('token_id')
      .where('event', '=', 'token.issue')
      .execute()
    await db.close()
    return new Set(rows.map((row) => row.token_id))
  }

  test('AUD-01 CAUTH-09 kill -9 in the middle of writes loses nothing that was answered for', async () => {
    const kept: Answered[] = []
    for (let crash = 0; crash < CRASHES; crash++) {
      await loadUntilKilled(await serverProcess(place), kept)
    }
    expect(kept.length).toBeGreaterThanOrEqual(CRASHES * LEAST)
    const audited = await auditedTokens()
    expect(kept.filter(({ jti }) => !audited.has(jti))).toEqual([])

    const server = await serverProcess(place)
    for (const { token, assertion, jti } of kept) {
      expect(await client.introspect(url, token)).toMatchObject({ active: true, jti })
      const replay = await client.token(url, assertion)
      expect(replay.status).toBe(401)
      expect(await replay.json()).toMatchObject({
        error: 'invalid_client',
        error_description: expect.stringMatching(/this jti was used before/),
      })
    }
    expect(await server.end('SIGTERM')).toMatchObject({ code: 0 })
    const doctor = await lanyard(['doctor', '--json'], place)
    expect(doctor.code, doctor.out).toBe(0)
  })
})
