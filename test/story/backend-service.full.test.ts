import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { certificate } from '../support/certificate.ts'
import { type ClientKey, ecKey, rsaKey, signAssertion, withAssertion } from '../support/client-keys.ts'
import { lanyard } from '../support/command.ts'
import { type JwksServer, startJwksServer } from '../support/jwks-server.ts'
import { type ServerProcess, serverProcess } from '../support/process.ts'
import { sharedData } from '../support/shared-data.ts'

const data = sharedData('r4-10') ?? ''

type Resource = { resourceType: string; id: string } & Record<string, never>
type Bundle = { total: number; entry?: { resource: Resource }[] }

const laboratory = 'http://terminology.hl7.org/CodeSystem/observation-category|laboratory'
const ssn = 'http://hl7.org/fhir/sid/us-ssn'

/** The main job, as its users do it: real commands, a real server, data that this project did not make. */
describe.skipIf(data === '')('a backend service gets a token and reads real FHIR data through it', () => {
  let folder: string
  let server: ServerProcess
  let jwks: JwksServer
  const byCertificate = rsaKey()
  const byUrl = ecKey('service-key-1')
  const rows = (type: string): Resource[] =>
    readFileSync(join(data, `${type}.ndjson`), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'lanyard-story-'))
    jwks = await startJwksServer()
    jwks.publish([byUrl.jwk], { 'cache-control': 'max-age=60' })
    const place = { folder }
    const year = 365 * 24 * 3600 * 1000
    const service = {
      token_endpoint_auth_method: 'private_key_jwt',
      grant_types: ['client_credentials'],
      scope: 'system/*.rs',
    }
    const files = {
      certificate: {
        ...service,
        client_id: 'by-certificate',
        client_name: 'By certificate',
        x509: certificate(byCertificate.privateKey, Date.now() - year, Date.now() + year),
      },
      url: { ...service, client_id: 'by-url', client_name: 'By JWKS URL', jwks_uri: jwks.url },
    }
    const imported = await lanyard(['import', data, '--json'], place)
    expect(imported).toMatchObject({ code: 0 })
    expect(JSON.parse(imported.out)).toMatchObject({ created: 2568, bad: 0 })
    for (const [name, metadata] of Object.entries(files)) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(metadata))
      expect(await lanyard(['client', 'add', `${name}.json`], place)).toMatchObject({ code: 0 })
    }
    server = await serverProcess(place)
  })
  afterAll(async () => {
    expect(await server?.end('SIGTERM')).toMatchObject({ code: 0 })
    await jwks?.close()
    rmSync(folder, { recursive: true, force: true })
  })

  async function token(
    id: string,
    key: ClientKey,
    form: Record<string, string>,
    header: Record<string, unknown> = {},
  ) {
    const at = { url: server.url, clock: { now: Date.now(), advance: () => {} } }
    const assertion = signAssertion(at, id, key, { header })
    const answer = await fetch(`${server.url}/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', ...withAssertion(assertion), ...form }),
    })
    return { status: answer.status, body: (await answer.json()) as Record<string, string> }
  }

  async function get(
    path: string,
    accessToken: string,
  ): Promise<{ status: number; body: Bundle & Resource }> {
    const answer = await fetch(`${server.url}/fhir/${path}`, {
      headers: { authorization: `Bearer ${accessToken}` },
    })
    return { status: answer.status, body: (await answer.json()) as Bundle & Resource }
  }

  const ids = (bundle: Bundle): string[] => (bundle.entry ?? []).map((entry) => entry.resource.id).sort()

  /** Patient by identifier, then their encounters by the bare id, then what was observed at one of them. */
  async function walk(accessToken: string): Promise<void> {
    const [wanted] = rows('Patient')
    const identifiers = wanted?.identifier as unknown as { system: string; value: string }[]
    const number = identifiers.find((identifier) => identifier.system === ssn)
    const found = await get(`Patient?identifier=${ssn}|${number?.value}`, accessToken)
    expect([found.status, ids(found.body)]).toEqual([200, [wanted?.id]])

    const mine = (row: Resource) =>
      (row.subject as unknown as { reference: string }).reference === `Patient/${wanted?.id}`
    const encounters = await get(`Encounter?subject=${wanted?.id}&_count=1000`, accessToken)
    expect(ids(encounters.body)).toEqual(
      rows('Encounter')
        .filter(mine)
        .map((row) => row.id)
        .sort(),
    )

    const observations = rows('Observation').filter(mine)
    const encounterOf = (row: Resource) => (row.encounter as unknown as { reference: string }).reference
    const [first] = observations
    const encounter = encounterOf(first as Resource)
    const seen = await get(`Observation?encounter=${encounter.split('/')[1]}&_count=1000`, accessToken)
    expect(ids(seen.body)).toEqual(
      observations
        .filter((row) => encounterOf(row) === encounter)
        .map((row) => row.id)
        .sort(),
    )
  }

  test('registered by certificate, without kid and without scope, as some real clients are [CAUTH-11]', async () => {
    const { status, body } = await token('by-certificate', byCertificate, {}, { kid: undefined })
    expect([status, body.scope, body.token_type]).toEqual([200, 'system/*.rs', 'Bearer'])
    await walk(body.access_token ?? '')
  })

  test('registered by JWKS URL with an ES384 key [CAUTH-10, CAUTH-11]', async () => {
    const { status, body } = await token('by-url', byUrl, {
      scope: 'system/Patient.rs system/Encounter.rs system/Observation.rs',
    })
    expect([status, body.scope]).toEqual([200, 'system/Patient.rs system/Encounter.rs system/Observation.rs'])
    await walk(body.access_token ?? '')
    expect((await get('Condition', body.access_token ?? '')).status).toBe(403)
  })

  test('the same without kid, or without scope, is refused to the client by URL [CAUTH-13, BACK-04]', async () => {
    const scope = 'system/Patient.rs'
    expect(await token('by-url', byUrl, { scope }, { kid: undefined })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    })
    expect(await token('by-url', byUrl, {})).toMatchObject({ status: 400, body: { error: 'invalid_scope' } })
  })

  test('a token for laboratory results opens laboratory results and nothing else [ENF-07, ENF-09]', async () => {
    const { body } = await token('by-url', byUrl, { scope: `system/Observation.rs?category=${laboratory}` })
    const accessToken = body.access_token ?? ''
    const categoryOf = (row: Resource) =>
      (row.category as unknown as { coding: { code: string }[] }[])[0]?.coding[0]?.code
    const all = rows('Observation')
    const labs = all.filter((row) => categoryOf(row) === 'laboratory')
    const other = all.find((row) => categoryOf(row) !== 'laboratory')
    expect((await get('Observation?_summary=count', accessToken)).body.total).toBe(labs.length)
    expect((await get(`Observation/${labs[0]?.id}`, accessToken)).status).toBe(200)
    expect((await get(`Observation/${other?.id}`, accessToken)).status).toBe(404)
    expect((await get(`Observation?_id=${other?.id}`, accessToken)).body.total).toBe(0)
    expect((await get('Patient', accessToken)).status).toBe(403)
  })
})
