import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Check } from '../../src/cli/doctor/check.ts'
import { apiKeyChecks, issuerChecks, waysInChecks } from '../../src/cli/doctor/ways-in.ts'
import type { Config } from '../../src/config/load.ts'
import { trustedIssuers } from '../../src/config/trusted-issuers.ts'
import type { ApiKey } from '../../src/keys/api-key.ts'
import { DAY } from '../../src/lib/time.ts'
import { type OutsideIssuer, startOutsideIssuer } from '../support/outside-issuer.ts'

let outside: OutsideIssuer
beforeAll(async () => {
  outside = await startOutsideIssuer()
})
afterAll(() => outside?.close())

const words = (found: Check[]) => found.map(({ state, sentence }) => `${state}: ${sentence}`)
const isUnknown = async (names: readonly string[]) => names.filter((name) => name === 'no-such')
const configWith = (issuers: object[]) =>
  ({
    mode: 'demo',
    jwksPrivateHosts: [],
    issuerSecrets: {},
    trustedIssuers: trustedIssuers.parse(issuers),
  }) as unknown as Config

test('whether the keys of outside issuers can be had, and what trusting them opens', async () => {
  const look = async (issuer: object, now = 0) =>
    words(await issuerChecks(configWith([issuer]), () => now, isUnknown))
  const { issuer } = outside
  expect(await look({ issuer })).toEqual([`ok: ${issuer} has 1 key; RS256, ES256 count.`])
  const wide = { issuer, levels: ['system'], types: ['JWT'], groupRoles: { a: ['no-such'] } }
  expect((await look(wide)).slice(1)).toEqual([
    `warning: ${issuer} is to give the role "no-such", which there is not, so it allows nothing.`,
    `note: ${issuer} may open system/ scopes: all records.`,
    `note: ${issuer} may send tokens of the type JWT, which are told from ID tokens by their claims only.`,
  ])
  outside.publish([])
  expect(await look({ issuer })).toEqual([
    `warning: ${issuer} publishes no key that can be used, so none of its tokens is accepted.`,
  ])
  outside.fail(500)
  expect((await look({ issuer }))[0]).toMatch(/^failed: .*status 500/)
  expect((await look({ issuer: 'old', secret: { variable: 'X' } }))[0]).toMatch(
    /^note: old signs with a secret/,
  )
  expect(await issuerChecks(configWith([]), () => 0, isUnknown)).toEqual([])
})

test('keys that run out, and settings that open much', async () => {
  const now = 1000 * DAY
  const key = (id: string, more: Partial<ApiKey>) => ({ id, name: id, revoked: undefined, ...more }) as ApiKey
  const list = async () => [
    key('soon', { expires: now + 3 * DAY }),
    key('gone', { expires: now - DAY }),
    key('far', { expires: now + 100 * DAY }),
    key('ended', { expires: now - DAY, revoked: 1 }),
  ]
  expect(words(await apiKeyChecks({ list }, now))).toEqual([
    'warning: soon (soon) expires on 1972-09-30. Make the next one in time.',
    'warning: gone (gone) expired on 1972-09-26. Make another one, or revoke it.',
  ])
  const config = (more: object) => ({ mode: 'demo', basicAuthentication: true, ...more }) as Config
  expect(waysInChecks(config({}))).toEqual([])
  expect(words(waysInChecks(config({ noAuthentication: true })))[0]).toContain('Authentication is off')
  expect(words(waysInChecks(config({ mode: 'production' })))[0]).toContain('basicAuthentication')
})
