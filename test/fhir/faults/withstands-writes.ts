import fc from 'fast-check'
import { expect } from 'vitest'
import { rawRequest } from '../../support/oauth.ts'
import { brokenIn } from '../../support/server.ts'
import type { FhirServer } from '../http/fhir-server.ts'
import { inside } from '../http/withstands.ts'
import { hostileWrite } from './hostile-writes.ts'

/**
 * Sends hostile writes. Each is answered in the shape of REST-14, and what was refused changed nothing: there are as
 * many versions and resources as before.
 */
export async function withstandsWrites(
  server: FhirServer,
  runs: { numRuns: number; seed?: number },
): Promise<void> {
  const authorization = `Bearer ${await server.tokenFor('system/*.cruds')}`
  const counted = async (): Promise<number[]> => {
    const { kysely } = server.house.db
    const tables = ['resource', 'history'] as const
    const counts = tables.map((table) =>
      kysely
        .selectFrom(table)
        .select((it) => it.fn.countAll().as('n'))
        .executeTakeFirstOrThrow(),
    )
    return (await Promise.all(counts)).map(({ n }) => Number(n))
  }
  let accepted = 0
  await fc.assert(
    fc.asyncProperty(hostileWrite, async ({ path, headers, ...rest }) => {
      const before = await counted()
      const answer = await rawRequest(server, {
        ...rest,
        path: `/fhir${path === '' ? '' : `/${path}`}`,
        headers: { ...headers, authorization },
      } as Parameters<typeof rawRequest>[1])
      const { status, text, body } = answer
      expect(status, text).toBeLessThan(500)
      expect(text).not.toMatch(inside)
      if (status < 400) {
        accepted++
        return
      }
      expect(await counted()).toEqual(before)
      expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8')
      const issue = expect.objectContaining({
        severity: 'error',
        code: expect.stringMatching(/^[a-z-]+$/),
        diagnostics: expect.any(String),
      })
      expect(body).toMatchObject({ resourceType: 'OperationOutcome' })
      const { issue: issues } = body as { issue: { severity: string }[] }
      expect(issues.length).toBeGreaterThan(0)
      for (const one of issues) if (one.severity !== 'warning') expect(one).toEqual(issue)
    }),
    runs,
  )
  expect(accepted).toBeGreaterThan(0)
  expect(brokenIn(server)).toEqual([])
  expect(({} as Record<string, unknown>).active).toBeUndefined()
}
