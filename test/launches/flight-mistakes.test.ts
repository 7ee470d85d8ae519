import { describe, expect, test } from 'vitest'
import { addressDifferences, nearestAddress } from '../../src/launches/address-difference.ts'
import { authorizeMistakes } from '../../src/launches/authorize-mistakes.ts'
import { readFlightId } from '../../src/launches/flight-id.ts'
import { type FlightReason, likelyMistakes, mistakeOf } from '../../src/launches/flight-mistakes.ts'
import type { Flight, FlightStep } from '../../src/launches/flights.ts'
import { tokenMistakes } from '../../src/launches/token-mistakes.ts'

describe('how an address differs', () => {
  const right = 'https://app.example.org/callback'
  test.each([
    ['https://app.example.org/callback/', 'it has a slash too many at its end'],
    ['http://app.example.org/callback', 'its scheme is "http" instead of "https"'],
    ['https://app.example.org:8443/callback', 'its port is "8443" instead of the usual one'],
    ['https://www.example.org/callback', 'its host is "www.example.org" instead of "app.example.org"'],
    ['https://app.example.org/Callback', 'its path differs in upper and lower case'],
    ['https://app.example.org/cb', 'its path is "/cb" instead of "/callback"'],
    ['https://app.example.org/callback?a=1', 'its query is "?a=1" instead of none'],
    ['https://app.example.org/callback#x', 'it has a fragment'],
    [
      'HTTPS://app.example.org/callback',
      'it is spelled in another way, and addresses are compared letter by letter',
    ],
    ['callback', `it is not a complete address, such as "${right}"`],
  ])('%s: %s', (sent, said) => {
    expect(addressDifferences(sent, right)).toEqual([said])
  })

  test('a host alone lacks its slash, though browsers see no difference', () => {
    const lacks = ['it lacks the slash at its end']
    expect(addressDifferences('https://app.example.org', 'https://app.example.org/')).toEqual(lacks)
    expect(addressDifferences('http://x.example/a', 'https://x.example/a/')).toEqual([
      'its scheme is "http" instead of "https"',
      ...lacks,
    ])
  })

  test('of several addresses the nearest is the one that was meant', () => {
    const several = ['https://other.example/cb', 'http://localhost:3001/callback', right]
    expect(nearestAddress('https://app.example.org/callback/', several)).toBe(right)
    expect(nearestAddress('http://localhost:3000/callback', several)).toBe(several[1])
    expect(nearestAddress('x', [])).toBeUndefined()
  })
})

describe('the likely mistake', () => {
  test('every reason has a sentence about the mistake and one about what to do', () => {
    for (const reason of Object.keys({ ...authorizeMistakes, ...tokenMistakes })) {
      const { mistake, advice } = mistakeOf(reason) ?? {}
      expect([reason, mistake, advice]).toEqual([
        reason,
        expect.stringMatching(/^[A-Za-z_].*\.$/),
        expect.stringMatching(/^[A-Z].*\.$/),
      ])
      expect(`${mistake}${advice}`).not.toMatch(/undefined|""/)
    }
  })

  test('a word that is no reason has none', () => {
    for (const word of ['', 'toString', '__proto__', 'constructor', 'no-such-reason']) {
      expect(mistakeOf(word)).toBeUndefined()
    }
  })

  test('AUTHZ-04 aud: what was sent beside what is right', () => {
    const expected = ['https://ehr.example.org/fhir']
    const said = (sent: string) => mistakeOf('aud-mismatch', { sent, expected })
    expect(said('http://ehr.example.org/fhir')).toEqual({
      mistake:
        'aud is not the FHIR base of this server. "http://ehr.example.org/fhir" was sent; compared with "https://ehr.example.org/fhir", its scheme is "http" instead of "https".',
      advice: 'Send aud=https://ehr.example.org/fhir, without anything behind it.',
    })
    expect(said('https://ehr.example.org/fhir/metadata')?.mistake).toMatch(
      /its path is "\/fhir\/metadata" instead of "\/fhir"\.$/,
    )
  })

  test('AUTHZ-03 redirect_uri: the nearest of those that are registered', () => {
    const facts = {
      sent: 'http://localhost:3000/cb/',
      expected: ['https://app.example.org/cb', 'http://localhost:3000/cb'],
    }
    expect(mistakeOf('redirect-mismatch', facts)?.mistake).toBe(
      'The redirect_uri is not registered for this app. "http://localhost:3000/cb/" was sent; compared with the nearest that is, "http://localhost:3000/cb", it has a slash too many at its end.',
    )
    expect(mistakeOf('redirect-mismatch', { sent: 'x', expected: [] })?.mistake).toMatch(/"x" was sent\.$/)
  })
})

describe('of a whole flight', () => {
  const flight: Flight = {
    id: 'X',
    clientId: 'app',
    userId: undefined,
    grantId: undefined,
    outcome: 'done',
    reason: undefined,
    started: 0,
    updated: 0,
    expires: 0,
    steps: 0,
  }
  const step = (reason: FlightReason | undefined, detail: FlightStep['detail'] = {}): FlightStep => ({
    step: 0,
    at: 0,
    event: 'authorize',
    outcome: reason === undefined ? 'ok' : 'refused',
    reason,
    detail,
  })
  const said = (steps: FlightStep[], more: Partial<Flight> = {}) =>
    likelyMistakes({ ...flight, ...more }, steps).map(({ mistake }) => mistake)

  test('nothing went wrong, nothing is said', () => {
    expect(said([step(undefined), step(undefined)])).toEqual([])
  })

  test('the latest first, each once', () => {
    const found = said([step('login-required'), step('pkce-missing'), step('pkce-missing')])
    expect(found).toEqual([mistakeOf('pkce-missing')?.mistake, mistakeOf('login-required')?.mistake])
  })

  test('a reason whose step was not kept is told too', () => {
    expect(said([step(undefined)], { outcome: 'refused', reason: 'refresh-reused' })).toEqual([
      mistakeOf('refresh-reused')?.mistake,
    ])
  })

  test('SCOPE: what was left out is told at the end, but not what the user unticked', () => {
    const notGranted = [
      { scope: 'patient/X.rs', reason: 'unknown-type', sentence: 'The scope was left out: no such type.' },
      { scope: 'patient/Goal.rs', reason: 'unticked', sentence: 'The scope was not granted.' },
    ] as const
    expect(said([step(undefined, { notGranted }), step('token-expired')])).toEqual([
      mistakeOf('token-expired')?.mistake,
      'The scope was left out: no such type.',
    ])
  })
})

test('an id is read as people type it', () => {
  for (const typed of ['7k2m-9qxo1l', ' 7K2M9QX011 ', '7k2m9qxO1I']) {
    expect(readFlightId(typed)).toBe('7K2M9QX011')
  }
})
