import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Config, loadConfig } from '../../src/config/load.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'lanyard-config-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const load = (environment: Record<string, string> = {}): Config => loadConfig(environment, folder)

/** Writes `config/lanyard.json`, the file that is read without being named. */
function file(content: unknown): string {
  const path = join(folder, 'config', 'lanyard.json')
  mkdirSync(join(folder, 'config'), { recursive: true })
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** The sentences of a load that must fail. */
function mistakes(environment: Record<string, string> = {}): string[] {
  try {
    load(environment)
  } catch (error) {
    const [head, ...sentences] = (error as Error).message.split('\n')
    expect(error).toMatchObject({ name: 'LanyardError', code: 'configuration' })
    expect(head).toBe(
      `The configuration has ${sentences.length === 1 ? 'a mistake' : `${sentences.length} mistakes`}:`,
    )
    return sentences.map((sentence) => sentence.replace(/^ {2}- /, ''))
  }
  throw new Error('the configuration was accepted')
}

test('without anything said every setting has its default, and paths are absolute', () => {
  const config = load()
  expect(config).toMatchObject({
    mode: 'demo',
    host: '127.0.0.1',
    port: 3000,
    baseUrl: 'http://localhost:3000',
    dataDir: join(folder, 'data'),
    databaseUrl: `sqlite:${join(folder, 'data/lanyard.sqlite')}`,
    sealingKeyFile: join(folder, 'keys/sealing.key'),
    clientsDir: undefined,
    usersDir: undefined,
    file: undefined,
  })
  expect(new Set(Object.values(config.origins))).toEqual(new Set(['default']))
})

test('the environment wins over the file, and each value tells where it came from', () => {
  const path = file({ port: 4000, fhirPageSize: 20, trustProxy: true, jwksPrivateHosts: ['a.internal'] })
  const config = load({ LANYARD_PORT: '5000', LANYARD_TRUST_PROXY: 'no', LANYARD_LOG_LEVEL: '' })
  expect(config).toMatchObject({
    port: 5000,
    baseUrl: 'http://localhost:5000',
    fhirPageSize: 20,
    trustProxy: false,
    jwksPrivateHosts: ['a.internal'],
    file: path,
  })
  expect(config.origins).toMatchObject({
    port: 'environment',
    fhirPageSize: 'file',
    logLevel: 'default',
    baseUrl: 'default',
  })
})

test('LANYARD_CONFIG names another file; `clients` and `users` beside it are the folders of those files', () => {
  mkdirSync(join(folder, 'etc/clients'), { recursive: true })
  mkdirSync(join(folder, 'etc/users'))
  writeFileSync(join(folder, 'etc/site.json'), '{"port": 4100}')
  expect(load({ LANYARD_CONFIG: 'etc/site.json' })).toMatchObject({
    port: 4100,
    clientsDir: join(folder, 'etc/clients'),
    usersDir: join(folder, 'etc/users'),
  })
  expect(load({ LANYARD_CONFIG: 'etc/site.json', LANYARD_USERS_DIR: 'people' })).toMatchObject({
    usersDir: join(folder, 'people'),
  })
  expect(mistakes({ LANYARD_CONFIG: 'etc/other.json' })).toEqual([
    expect.stringMatching(/^The configuration file .*etc\/other\.json cannot be read: ENOENT/),
  ])
})

test('words of a variable become booleans, numbers and lists', () => {
  expect(
    load({ LANYARD_TRUST_PROXY: 'on', LANYARD_JWKS_PRIVATE_HOSTS: 'a.example, b.example,' }),
  ).toMatchObject({
    trustProxy: true,
    jwksPrivateHosts: ['a.example', 'b.example'],
  })
})

test.each([
  ['LANYARD_PORT', '70000', 'must be a whole number from 0 to 65535.'],
  ['LANYARD_PORT', '0x10', 'must be a whole number from 0 to 65535.'],
  ['LANYARD_MODE', 'prod', 'must be "demo" or "production".'],
  ['LANYARD_TRUST_PROXY', 'maybe', 'must be "yes" or "no".'],
  ['LANYARD_LOG_LEVEL', 'loud', 'must be "silent", "fatal", "error", "warn", "info", "debug" or "trace".'],
  [
    'LANYARD_BASE_URL',
    'auth.example.org',
    'must be a complete http or https address, e.g. "https://auth.example.org".',
  ],
  ['LANYARD_BASE_URL', 'https://a.example/', 'must not end with a slash.'],
  ['LANYARD_BASE_URL', 'https://a.example/smart', 'must have no path, e.g. "https://auth.example.org".'],
  [
    'LANYARD_BASE_URL',
    'https://a.example?x=1',
    'must have no query and no fragment, e.g. "https://auth.example.org".',
  ],
  [
    'LANYARD_BASE_URL',
    'https://me@a.example',
    'must have no user name and no password, e.g. "https://auth.example.org".',
  ],
  ['LANYARD_BASE_URL', 'https://A.example:443', 'must be written "https://a.example".'],
  ['LANYARD_DATABASE_URL', 'mysql://db', 'must be "postgres://…" or "sqlite:" with a file.'],
])('%s=%s is refused with what to write instead', (variable, value, sentence) => {
  expect(mistakes({ [variable]: value })).toEqual([`${variable} ${sentence}`])
})

test('a wrong secret is not repeated in the complaint', () => {
  const [sentence] = mistakes({ LANYARD_SEALING_KEY: 'hunter2' })
  expect(sentence).toMatch(/^LANYARD_SEALING_KEY must be 32 random bytes in base64url/)
  expect(sentence).not.toContain('hunter2')
})

test('values of the wrong type in the file are named with their place', () => {
  const path = file({
    port: true,
    dataDir: '',
    identifierSystems: { MRN: 5 },
    jwksPrivateHosts: 'a b'.split(' '),
  })
  expect(mistakes()).toEqual([
    `port in ${path} must be a whole number from 0 to 65535.`,
    `dataDir in ${path} must be a folder.`,
    expect.stringMatching(/^identifierSystems\.MRN in .* must be an object of short names/),
  ])
})

test('a file that is no JSON is told without showing its text, which may hold secrets', () => {
  const path = file('{"sealingKey": "s3cret" "port": 1}')
  expect(mistakes()).toEqual([
    `The configuration file ${path} is not JSON: Expected ',' or '}' after property value (line 1 column 25).`,
  ])
  file('{"sealingKey": s3cret}')
  expect(mistakes()).toEqual([`The configuration file ${path} is not JSON: Unexpected token 's'.`])
  file('[]')
  expect(mistakes()).toEqual([
    `The configuration file ${path} must hold one JSON object with settings as members.`,
  ])
})

test('unknown words are refused with the nearest known one', () => {
  const path = file({ prot: 1, nonsense: 1 })
  expect(mistakes({ LANYARD_BASEURL: 'https://a.example', LANYARD_ZZZ: '1' })).toEqual([
    `The setting "prot" in ${path} is unknown; did you mean port?`,
    `The setting "nonsense" in ${path} is unknown.`,
    'The variable LANYARD_BASEURL is unknown; did you mean LANYARD_BASE_URL?',
    'The variable LANYARD_ZZZ is unknown.',
  ])
})

test('a setting that only a file can hold is refused as variable', () => {
  expect(mistakes({ LANYARD_IDENTIFIER_SYSTEMS: '{}' })).toEqual([
    'LANYARD_IDENTIFIER_SYSTEMS cannot be used: write identifierSystems in the configuration file.',
  ])
})

test('all mistakes are told at once: of the file, of the environment, of words and of contradictions', () => {
  const path = file({ prot: 1, fhirPageSize: 500, fhirMaxPageSize: 100 })
  expect(mistakes({ LANYARD_MODE: 'production', LANYARD_WORKERS: 'many', LANYARD_HOTS: '::1' })).toEqual([
    `The setting "prot" in ${path} is unknown; did you mean port?`,
    'The variable LANYARD_HOTS is unknown; did you mean LANYARD_HOST?',
    'LANYARD_WORKERS must be a whole number from 0 to 64.',
    'LANYARD_BASE_URL is needed in production: the public https address of this server.',
    'fhirPageSize (500) must not exceed fhirMaxPageSize (100).',
  ])
})

test('a contradiction is not told of a value that is wrong anyway', () => {
  expect(mistakes({ LANYARD_MODE: 'production', LANYARD_BASE_URL: 'nowhere' })).toHaveLength(1)
})

test('demo mode on a public address needs to be told twice', () => {
  expect(mistakes({ LANYARD_HOST: '0.0.0.0' })).toEqual([
    expect.stringContaining('set LANYARD_DEMO_EXPOSED=yes if everybody who can reach it may do anything'),
  ])
  expect(load({ LANYARD_HOST: '0.0.0.0', LANYARD_DEMO_EXPOSED: 'yes' }).host).toBe('0.0.0.0')
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) {
    expect(load({ LANYARD_HOST: host }).host).toBe(host)
  }
  // Names that only look like loopback.
  for (const host of ['localhost.example.org', '127.0.0.1.example.org']) {
    expect(mistakes({ LANYARD_HOST: host })).toHaveLength(1)
  }
})

test('production needs a base URL, with https unless it is loopback', () => {
  const production = (baseUrl: string) => ({ LANYARD_MODE: 'production', LANYARD_BASE_URL: baseUrl })
  expect(mistakes({ LANYARD_MODE: 'production' })).toEqual([
    'LANYARD_BASE_URL is needed in production: the public https address of this server.',
  ])
  expect(mistakes(production('http://auth.example.org'))).toEqual([
    expect.stringMatching(/^LANYARD_BASE_URL is "http:\/\/auth\.example\.org", but production needs https/),
  ])
  for (const baseUrl of ['https://auth.example.org', 'http://localhost:3000', 'http://[::1]:3000']) {
    expect(load(production(baseUrl)).baseUrl).toBe(baseUrl)
  }
})

test('the sealing key comes in one way only', () => {
  expect(mistakes({ LANYARD_SEALING_KEY: 'A'.repeat(43), LANYARD_SEALING_KEY_FILE: 'sealing.key' })).toEqual([
    'LANYARD_SEALING_KEY and LANYARD_SEALING_KEY_FILE exclude each other: set one of them.',
  ])
})

test('the configuration is frozen through and through', () => {
  file({ identifierSystems: { MRN: 'urn:mrn' } })
  const config = load({ LANYARD_JWKS_PRIVATE_HOSTS: 'a.example' }) as unknown as Record<string, never>
  const change = (act: () => unknown) => expect(act).toThrow(TypeError)
  change(() => Object.assign(config, { port: 1 }))
  change(() => Object.assign(config.identifierSystems ?? {}, { MRN: 'urn:other' }))
  change(() => (config.jwksPrivateHosts as unknown as string[]).push('b.example'))
  change(() => Object.assign(config.origins ?? {}, { port: 'file' }))
})
