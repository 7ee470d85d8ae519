import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Config, loadConfig } from '../../src/config/load.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-issuers-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function load(content: Record<string, unknown>, environment: Record<string, string> = {}): Config {
  const file = join(folder, 'lanyard.json')
  writeFileSync(file, JSON.stringify(content))
  return loadConfig({ LANYARD_CONFIG: file, ...environment }, folder)
}
function mistakesIn(content: Record<string, unknown>, environment: Record<string, string> = {}): string {
  try {
    load(content, environment)
    return 'no mistake'
  } catch (error) {
    return (error as Error).message
  }
}
const issuer = 'https://login.example.org'
const long = 'thirty-two bytes are not too many'

test('an issuer needs its name only; by default it signs RS256 or ES256 and opens no system/ scope', () => {
  expect(load({ trustedIssuers: [{ issuer }] }).trustedIssuers[0]).toMatchObject({
    algorithms: ['RS256', 'ES256'],
    types: ['at+jwt'],
    levels: ['patient', 'user'],
    groupRoles: {},
    claims: { scope: 'scope', groups: 'groups' },
  })
})

test('SEC-08 a shared secret comes from a file or a variable, and is shown nowhere', () => {
  writeFileSync(join(folder, 'secret'), `${long}\n`)
  const fromFile = load({ trustedIssuers: [{ issuer, secret: { file: 'secret' } }] })
  expect(fromFile.issuerSecrets[issuer]).toBe(long)
  expect(fromFile.trustedIssuers[0]?.algorithms).toEqual(['HS256'])
  const fromVariable = load(
    { trustedIssuers: [{ issuer, secret: { variable: 'OLD_SECRET' } }] },
    { OLD_SECRET: long },
  )
  expect(fromVariable.issuerSecrets[issuer]).toBe(long)
  expect(JSON.stringify(fromVariable.trustedIssuers)).not.toContain(long)
})

test('what is wrong with an issuer is told, with every other mistake', () => {
  const one = (more: Record<string, unknown>) => mistakesIn({ trustedIssuers: [{ issuer, ...more }] })
  expect(one({ algorithms: ['none'] })).toContain('must be of RS256')
  expect(one({ algorithms: ['HS256'] })).toContain('must be of RS256, RS384')
  expect(one({ secret: { variable: 'X' }, algorithms: ['RS256'] })).toContain('must be of HS256')
  expect(one({ secret: { variable: 'LANYARD_X' } })).toContain('does not begin with LANYARD_')
  expect(one({ secret: 'in-the-file' })).toContain('must be {"file"')
  expect(one({ secret: { variable: 'NOT_THERE' } })).toContain('NOT_THERE, which is not set')
  expect(one({ secret: { file: 'not-there' } })).toContain('cannot be read')
  expect(one({ secret: { file: 'secret' }, jwksUri: 'https://x.example.org' })).toContain('give one of them')
  expect(one({ issuer: 'not an address' })).toContain('give jwksUri or secret')
  expect(one({ levels: ['admin'] })).toContain('must be of patient, user, system')
  expect(one({ audiance: 'x' })).toContain('audiance')
  const short = mistakesIn(
    { trustedIssuers: [{ issuer, secret: { variable: 'S' } }], port: 'x' },
    { S: 'short' },
  )
  expect(short).toContain('shorter than 32 bytes')
  expect(short).toContain('port in')
  expect(short).not.toContain('"short"')
  expect(mistakesIn({ trustedIssuers: [{ issuer }, { issuer }] })).toContain('twice')
  expect(mistakesIn({ trustedIssuers: [{ issuer: 'http://localhost:3000' }] })).toContain(
    'this server itself',
  )
  expect(mistakesIn({}, { LANYARD_TRUSTED_ISSUERS: '[]' })).toContain(
    'write trustedIssuers in the configuration file',
  )
})

test('no authentication is refused in production and wherever others could ask', () => {
  expect(load({ noAuthentication: true }).noAuthentication).toBe(true)
  const production = {
    mode: 'production',
    baseUrl: 'https://x.example.org',
    noAuthentication: true,
    port: 'x',
  }
  expect(mistakesIn(production)).toContain('refused in production')
  expect(mistakesIn(production)).toContain('port in')
  for (const more of [
    { host: '0.0.0.0', demoExposed: true },
    { baseUrl: 'http://demo.example.org' },
    { trustProxy: true },
  ])
    expect(mistakesIn({ noAuthentication: true, ...more }), JSON.stringify(more)).toContain(
      'for this machine only',
    )
})

test('Basic is on in demo mode, and off in production unless it is configured', () => {
  const production = { mode: 'production', baseUrl: 'https://x.example.org' }
  expect(load({}).basicAuthentication).toBe(true)
  expect(load(production).basicAuthentication).toBe(false)
  expect(load({ ...production, basicAuthentication: true }).basicAuthentication).toBe(true)
  expect(load({}, { LANYARD_BASIC_AUTHENTICATION: 'no' }).basicAuthentication).toBe(false)
})
