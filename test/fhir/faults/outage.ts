import { expect } from 'vitest'
import type { Answer } from '../http/fhir-server.ts'

/** What an outage must look like to who sends FHIR requests (REST-14): come again, and nothing of our inside. */
export function expectUnavailable({ status, headers, text, body }: Answer): void {
  expect(status, text).toBe(503)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(text).not.toMatch(/sqlite|postgres|ECONN|SQL|\bat [\w.]+ \(/i)
  expect(body).toEqual({
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'transient', diagnostics: expect.any(String) }],
  })
}

/** The same at the OAuth endpoints (RFC 6749 §5.2). */
export function expectOAuthUnavailable({ status, headers, text, body }: Answer): void {
  expect(status, text).toBe(503)
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
  expect(text).not.toMatch(/sqlite|postgres|ECONN|SQL|\bat [\w.]+ \(/i)
  expect(body).toEqual({ error: 'temporarily_unavailable', error_description: expect.any(String) })
}

/** A resource of about as many characters. */
export const large = (id: string, characters = 20_000) => ({
  resourceType: 'Basic',
  id,
  code: { text: 'x' },
  extension: [{ url: 'urn:filler', valueString: 'x'.repeat(characters) }],
})

export const transactionOf = (...resources: { resourceType: string; id: string }[]) => ({
  resourceType: 'Bundle',
  type: 'transaction',
  entry: resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  })),
})
