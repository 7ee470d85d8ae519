import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Definitions } from '../../../src/fhir/definitions/definitions.ts'
import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { launcher } from '../../support/launched-token.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'
import { entangled, referencesOf } from './entangled.ts'
import { answerOf, laboratory } from './ward.ts'

// One resource of every type and one laboratory result, which all refer to each other wherever R4 lets them. All
// but the result carry a mark; a token for laboratory results walks every route there is and must never meet it.
const mark = 'NOT-FOR-YOU'
const compartments = ['Patient', 'Encounter', 'Practitioner', 'RelatedPerson', 'Device']

let server: TestServer
let definitions: Definitions
let headers: Record<string, string>
let unlimited: Record<string, string>
beforeAll(async () => {
  server = await startServer({ engine })
  definitions = server.house.definitions
  const { write } = await fhirStoreOf(server.house)
  await write(definitions.resourceTypes.flatMap((type) => ['one-1', 'one-2'].map((id) => closed(type, id))))
  await write([theResult()])
  const { token } = await launcher(server)
  headers = { authorization: `Bearer ${await token({ scope: `system/Observation.rs?${laboratory}` })}` }
  unlimited = { authorization: `Bearer ${await token({ scope: 'system/*.rs' })}` }
})
afterAll(async () => await server?.close())

const closed = (type: string, id: string): Stored => ({
  ...entangled(definitions, type, id, (target) => (target === 'Observation' ? 'result' : 'one-1')),
  meta: { tag: [{ code: mark }] },
})

function theResult(): Stored {
  const [system, code] = laboratory.slice('category='.length).split('|')
  return {
    ...entangled(definitions, 'Observation', 'result', () => 'one-1'),
    category: [{ coding: [{ system, code }] }],
  }
}

type Walked = { status: number; text: string; shows: string[]; total: number | undefined }

async function walk(
  path: string,
  init: RequestInit & { headers?: Record<string, string> } = {},
): Promise<Walked> {
  const response = await fetch(`${server.fhir}/${path}`, {
    ...init,
    headers: { ...headers, ...init.headers },
  })
  const { status, text, body, matches, included } = await answerOf(response)
  return { status, text, shows: [...matches, ...included], total: body?.total }
}

/** The full run walks every route, the quick check one in five. */
const STEP = engine === 'postgres' ? 1 : 5

/** Walks many routes, some at a time. @returns those that broke the rule */
async function walkAll(paths: readonly string[], isRight: (walked: Walked) => boolean): Promise<string[]> {
  const wrong: string[] = []
  const queue = paths.filter((_, index) => index % STEP === 0)
  const worker = async (): Promise<void> => {
    for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
      const walked = await walk(path)
      if (walked.text.includes(mark) || !isRight(walked))
        wrong.push(`${path}: ${walked.status} ${walked.shows}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  return wrong
}

/** Some of the ways from the result, walked by somebody who may see everything. */
async function walkSome(parameters: readonly string[]): Promise<Walked[]> {
  const some = parameters.filter((_, index) => index % (8 * STEP) === 0)
  return await Promise.all(
    some.map((parameter) => walk(`Observation?_id=result&${parameter}`, { headers: unlimited })),
  )
}

function shareOf(walked: readonly Walked[], counts: (one: Walked) => boolean): number {
  return walked.filter(counts).length / walked.length
}

const isRefused = ({ status }: Walked): boolean => status === 403
/** The result and nothing else; nothing counts but it. */
const showsResultOnly = ({ status, shows, total = 0 }: Walked): boolean =>
  status === 200 && total <= 1 && shows.every((key) => key === 'Observation/result')

const others = () => definitions.resourceTypes.filter((type) => type !== 'Observation')

test('ENF-02 the token opens the result: read, search, compartment', async () => {
  expect((await walk('Observation/result')).status).toBe(200)
  expect((await walk('Observation')).shows).toEqual(['Observation/result'])
  expect((await walk('Observation?_summary=count')).total).toBe(1)
})

test('ENF-02 ENF-03 a token for laboratory results reaches no other type directly', async () => {
  const direct = others().flatMap((type) => [
    type,
    `${type}/one-1`,
    `${type}/one-1/_history/1`,
    `${type}?_id=one-1`,
    `${type}?_summary=count`,
    `${type}?_tag=x&_total=accurate&_sort=-_lastUpdated`,
  ])
  expect(await walkAll(direct, isRefused)).toEqual([])
  const within = compartments.flatMap((compartment) =>
    others()
      .filter((type) => definitions.compartment(compartment, type) !== undefined)
      .map((type) => `${compartment}/one-1/${type}`),
  )
  expect(await walkAll(within, isRefused)).toEqual([])
  expect(
    await walkAll(
      compartments.map((name) => `${name}/one-1/*`),
      showsResultOnly,
    ),
  ).toEqual([])
})

test('ENF-02 ENF-09 it reaches no other Observation', async () => {
  const wanted = ['one-1', 'one-1/_history/1', 'one-2', 'one-1?_elements=status']
  const hidden = ({ status }: Walked) => status === 404
  expect(
    await walkAll(
      wanted.map((path) => `Observation/${path}`),
      hidden,
    ),
  ).toEqual([])
  const searches = [
    '_id=one-1,one-2,result',
    'category:not=laboratory',
    'category:missing=true',
    'category:missing=false',
    '_summary=count',
    '_count=1&page=2',
    '_count=1&_sort=_id',
    '_lastUpdated=gt2000',
    `_tag=${mark.toLowerCase()}`,
    '_total=accurate&_maxresults=5',
    '_elements=status',
    'category=vital-signs,laboratory',
    'no-such-parameter=x',
  ]
  expect(
    await walkAll(
      searches.map((query) => `Observation?${query}`),
      showsResultOnly,
    ),
  ).toEqual([])
  for (const name of compartments)
    expect(
      await walkAll([`${name}/one-1/Observation`, `${name}/one-2/Observation`], showsResultOnly),
    ).toEqual([])
})

test('ENF-15 it reaches nothing by an include of any kind', async () => {
  const forwards = references('Observation').flatMap(({ code, targets }) => [
    `_include=Observation:${code}`,
    `_include:iterate=Observation:${code}`,
    ...targets.map((target) => `_include=Observation:${code}:${target}`),
  ])
  const backwards = definitions.resourceTypes.flatMap((type) =>
    references(type)
      .filter(({ targets }) => targets.includes('Observation'))
      .flatMap(({ code }) => [`_revinclude=${type}:${code}`, `_revinclude:iterate=${type}:${code}`]),
  )
  const paths = [...forwards, ...backwards].map((include) => `Observation?${include}`)
  expect(paths.length).toBeGreaterThan(300)
  expect(await walkAll(paths, showsResultOnly)).toEqual([])
  // The routes are there: somebody with more rights meets the mark at the end of most of them.
  const open = await walkSome(forwards.concat(backwards))
  expect(shareOf(open, ({ text }) => text.includes(mark))).toBeGreaterThan(0.7)
})

test('ENF-16 it learns nothing by a chain or by _has', async () => {
  const chains = references('Observation').flatMap(({ code, targets }) =>
    targets
      .filter((target) => target !== 'Observation')
      .flatMap((target) => [`${code}:${target}._id=one-1`, `${code}:${target}._lastUpdated=gt2000`]),
  )
  const has = others().flatMap((type) =>
    references(type)
      .filter(({ targets }) => targets.includes('Observation'))
      .flatMap(({ code }) => [`_has:${type}:${code}:_id=one-1`, `_has:${type}:${code}:_lastUpdated=gt2000`]),
  )
  const paths = [...chains, ...has].map((filter) => `Observation?${filter}`)
  expect(paths.length).toBeGreaterThan(400)
  expect(await walkAll(paths, isRefused)).toEqual([])
  const open = await walkSome(chains.concat(has))
  expect(shareOf(open, ({ shows }) => shows.includes('Observation/result'))).toBeGreaterThan(0.7)
  const own = references('Observation')
    .filter(({ targets }) => targets.includes('Observation'))
    .flatMap(({ code }) => [`${code}:Observation._id=one-1`, `_has:Observation:${code}:_id=one-1`])
  const showsNothing = ({ status, total }: Walked) => status === 200 && total === 0
  expect(
    await walkAll(
      own.map((filter) => `Observation?${filter}`),
      showsNothing,
    ),
  ).toEqual([])
})

test('ENF-22 ENF-23 it reaches nothing by an operation', async () => {
  const places = ['Patient/one-1', 'Patient', 'Encounter/one-1', 'Patient/nobody']
  const everything = places.flatMap((place) => [
    `${place}/$everything`,
    `${place}/$everything?_type=Observation`,
    `${place}/$everything?_type=Practitioner,Provenance`,
    `${place}/$everything?_count=1&_since=2000`,
  ])
  expect(await walkAll(everything, isRefused)).toEqual([])
  const unknown = others().flatMap((type) => [`${type}/one-1/$everything`, `${type}/$lastn`])
  expect(await walkAll(unknown, ({ status }) => [403, 404].includes(status))).toEqual([])
})

test('ENF-02 no other method, body or header opens more', async () => {
  for (const type of ['Patient', 'Observation', 'Condition']) {
    for (const init of [
      { method: 'HEAD' },
      { headers: { 'if-none-match': '*' } },
      { headers: { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' } },
      { headers: { prefer: 'handling=lenient' } },
      { headers: { 'x-http-method-override': 'GET', 'x-patient': 'one-1' } },
    ])
      expect([403, 404], JSON.stringify(init)).toContain((await walk(`${type}/one-1`, init)).status)
    const body = new URLSearchParams({ _id: 'one-1,result' })
    const posted = await walk(`${type}/_search?_include=Observation:subject`, { method: 'POST', body })
    expect(posted.text).not.toContain(mark)
    expect(posted.shows).toEqual(type === 'Observation' ? ['Observation/result'] : [])
  }
  for (const path of [
    '',
    '_history',
    '_search',
    'Observation/_history',
    'Observation/one-1/_history',
    'Patient/one-1/$everything',
    '$export',
  ]) {
    for (const method of ['GET', 'POST']) {
      const { status, text } = await walk(path, { method })
      const shows =
        method === 'GET' && /^(?:Observation\/)?_history$/.test(path) ? [200] : [400, 403, 404, 405, 415]
      expect(shows, `${method} ${path}`).toContain(status)
      expect(text).not.toContain(mark)
    }
  }
  const encoded = [
    '%4Fbservation/one-1',
    'Observation/../Patient/one-1',
    'Observation//one-1',
    'Observation/one-1/',
    'observation/one-1',
  ]
  for (const path of encoded) expect((await walk(path)).text, path).not.toContain(mark)
})

const references = (type: string) => referencesOf(definitions, type)
