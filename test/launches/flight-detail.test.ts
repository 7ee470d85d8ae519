import { expect, test } from 'vitest'
import { redacted, storable } from '../../src/launches/flight-detail.ts'

const secret = 'S3cr3t-value-that-nobody-may-see'

test('SEC-08 of codes, tokens, secrets and hints only the length is kept', () => {
  const hidden = ['code', 'state', 'nonce', 'launch', 'code_challenge', 'code_verifier', 'client_secret']
    .concat(['client_assertion', 'refresh_token', 'token', 'access_token', 'id_token_hint', 'login_hint'])
    .concat(['password', 'patient', 'assertion', 'whatever_an_app_makes_up', 'Code', '__proto__'])
  const shown = redacted(hidden.map((name) => [name, secret] as const))
  expect(Object.keys(shown).sort()).toEqual(hidden.toSorted())
  for (const value of Object.values(shown)) expect(value).toBe(`(${secret.length} characters)`)
})

test('what explains a launch is kept as it came', () => {
  const told = {
    scope: 'launch/patient patient/Observation.rs?category=http://terminology.hl7.org/x|laboratory openid',
    redirect_uri: 'https://app.example.org/callback?x=1',
    aud: 'https://fhir.example.org/fhir/',
    client_id: 'growth-chart',
    response_type: 'code',
    code_challenge_method: 'plain',
    prompt: 'none',
  }
  expect(redacted(new URLSearchParams(told))).toEqual(told)
  expect(redacted(new Map(Object.entries(told)))).toEqual(told)
})

test('a parameter that was sent twice says so, and shows neither value', () => {
  expect(redacted(new URLSearchParams('aud=a&aud=b&state=c&state=d'))).toEqual({
    aud: '(sent more than once)',
    state: '(sent more than once)',
  })
})

test('lengths are bounded, and nothing in it moves a cursor', () => {
  const many = Array.from({ length: 200 }, (_, index) => [`p${index}`, 'x'] as const)
  expect(Object.keys(redacted(many))).toHaveLength(50)
  const { scope, aud } = redacted([
    ['scope', `patient/*.rs ${'x'.repeat(30_000)}`],
    ['aud', '\u001b[2J\r\n\u0000http://x'],
  ])
  expect(scope).toMatch(/^patient\/\*\.rs x{1987}… \(30013 characters\)$/)
  expect(aud).toBe('?[2J???http://x')
  const long = 'y'.repeat(5000)
  const kept = storable({
    sent: long,
    expected: Array(80).fill(long),
    granted: long,
    notGranted: Array(80).fill({ scope: long, reason: 'unknown', sentence: long }),
    parameters: many.map(([name]) => [name.repeat(500), long] as const),
  })
  expect(JSON.stringify(kept).length).toBeLessThan(80_000)
  expect(kept.expected).toHaveLength(50)
})
