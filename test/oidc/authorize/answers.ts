import { expect } from 'vitest'
import { answerAt, textOf, type Visit } from '../../support/browser-client.ts'
import { flightOf } from '../../support/launch.ts'
import type { TestServer } from '../../support/server.ts'

/** An error that went to the app, with all that every answer has; the flight record says exactly why. */
export async function expectTold(
  server: TestServer,
  visit: Visit,
  error: string,
  { reason, state = 'a state' }: { reason?: string; state?: string | undefined } = {},
): Promise<void> {
  expect(visit.status).toBe(303)
  expect(visit.location).toMatch(/^https:\/\/app\.example\.org\/callback\?/)
  const answer = answerAt(visit)
  expect(answer).toMatchObject({ error, iss: server.url, ...(state === '' ? {} : { state }) })
  expect(answer).not.toHaveProperty('code')
  // RFC 6749 §4.1.2.1
  expect(answer.error_description ?? '').toMatch(/^[\x20-\x21\x23-\x5B\x5D-\x7E]{0,500}$/)
  if (reason !== undefined) await expectRefused(server, visit, reason)
}

/** A page of ours that leads nowhere else, with a reference to the flight record, which says exactly why. */
export async function expectPage(server: TestServer, visit: Visit, reason: string): Promise<void> {
  expect(visit.status).toBe(400)
  expect(visit.location).toBeUndefined()
  expect(visit.headers.get('content-type')).toMatch(/^text\/html/)
  expect(visit.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  const { id } = await expectRefused(server, visit, reason)
  expect(textOf(visit.html)).toContain(id)
}

/** What the flight record says of a request that was refused. */
export async function expectRefused(server: TestServer, visit: Visit, reason: string) {
  const { flight, steps } = await flightOf(server, visit)
  expect(flight).toMatchObject({ outcome: 'refused', reason })
  expect(steps.at(-1)).toMatchObject({ outcome: 'refused', reason })
  return { ...flight, last: steps.at(-1) }
}
