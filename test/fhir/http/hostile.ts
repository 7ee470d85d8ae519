import fc from 'fast-check'
import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { anyCharacters } from '../../support/hostile.ts'
import { nasty, ofEveryObject } from './nasty.ts'

/** A request as a stranger may send it; `path` follows the FHIR base and is already encoded, well or badly. */
export type Hostile = {
  method: string
  path: string
  headers: Record<string, string>
  body: string | undefined
}

const definitions = loadDefinitions()
const someTypes = [
  'Patient',
  'Observation',
  'Encounter',
  'MedicationRequest',
  'Provenance',
  'ValueSet',
  'Group',
]
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...someTypes) },
  { weight: 1, arbitrary: fc.constantFrom(...definitions.resourceTypes) },
)
const codes = [
  ...new Set(someTypes.flatMap((name) => definitions.searchParameters(name).map(({ code }) => code))),
]

const prefix = fc.constantFrom('', '', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap', 'xx')
const sensible = fc.oneof(
  fc.constantFrom('2015', '2015-08', '2015-08-12', '2015-08-12T10:30Z', '2015-08-12T10:30:05.5+02:00'),
  fc.constantFrom('5.4', '100', '1e2', '-3', '5.4|http://unitsofmeasure.org|mg', '5.4||mg'),
  fc.constantFrom(
    'a',
    'true',
    'final',
    'urn:s|a',
    '|a',
    'urn:s|',
    'MRN|1',
    'a$5',
    'urn:s|a$gt5||mg',
    'a$2015',
  ),
  fc.constantFrom(
    '1',
    'Patient/1',
    'Patient/1/_history/2',
    'http://other/fhir/Patient/1',
    'urn:uuid:1',
    'Group/x',
  ),
  fc.constantFrom(
    'date',
    '-date,_id',
    'status,-code,subject',
    'Observation:subject',
    'Provenance:target:Patient',
  ),
  fc.constantFrom('0', '1', '10', '1000', 'true', 'text', 'count', 'data', 'accurate', 'none', 'id,name'),
)
const value = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(prefix, sensible).map((parts) => parts.join('')) },
  { weight: 3, arbitrary: nasty },
  { weight: 2, arbitrary: fc.tuple(prefix, nasty).map((parts) => parts.join('')) },
  {
    weight: 2,
    arbitrary: fc.array(fc.oneof(sensible, nasty), { maxLength: 4 }).map((parts) => parts.join(',')),
  },
  { weight: 1, arbitrary: anyCharacters(30) },
)

const code = fc.constantFrom(...codes)
const modifier = fc.constantFrom(
  'missing',
  'not',
  'text',
  'exact',
  'contains',
  'below',
  'above',
  'of-type',
  'identifier',
  'in',
  'iterate',
  'Patient',
  'Group',
  'bogus',
  '',
  '__proto__',
  'a:b',
)
const plainName = fc.oneof(
  { weight: 5, arbitrary: code },
  { weight: 2, arbitrary: fc.tuple(code, modifier).map(([one, other]) => `${one}:${other}`) },
)
const hop = fc.constantFrom(
  'subject',
  'patient',
  'subject:Patient',
  'encounter',
  'focus',
  'target',
  'general-practitioner',
  'code',
  'link',
)
const chain = fc
  .tuple(fc.array(hop, { minLength: 1, maxLength: 6 }), plainName)
  .map(([hops, end]) => [...hops, end].join('.'))
const reverse = fc
  .tuple(
    fc.array(fc.tuple(type, fc.constantFrom('patient', 'subject', 'target', 'focus', 'code')), {
      minLength: 1,
      maxLength: 5,
    }),
    fc.oneof(plainName, chain),
  )
  .map(([hops, end]) => [...hops.map(([source, reference]) => `_has:${source}:${reference}`), end].join(':'))
const name = fc.oneof(
  { weight: 6, arbitrary: plainName },
  { weight: 2, arbitrary: chain },
  { weight: 2, arbitrary: reverse },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '_id',
      '_lastUpdated',
      '_count',
      '_sort',
      '_total',
      '_summary',
      '_elements',
      '_include',
      '_include:iterate',
      '_revinclude',
      '_maxresults',
      'page',
      '_page',
      '_format',
      '_pretty',
      '_contained',
      '_type',
      '_text',
      '_has',
      'access_token',
      '_security',
      '_tag',
      '_profile',
    ),
  },
  { weight: 1, arbitrary: nasty },
  { weight: 1, arbitrary: ofEveryObject },
)
/** Parameters that a type really has, with values that mean something: these get as far as the database. */
const goodPair = fc.oneof(
  fc.tuple(fc.constantFrom('code', 'identifier', 'status', '_tag', '_security', 'category', 'gender'), value),
  fc.tuple(fc.constantFrom('subject', 'patient', 'encounter', 'target', 'focus', 'link'), value),
  fc.tuple(
    fc.constantFrom('_id', '_profile', 'url', 'name', 'family', 'code:text', 'name:contains', 'url:below'),
    value,
  ),
  fc.tuple(
    fc.constantFrom('date', '_lastUpdated', 'birthdate', 'recorded', 'period'),
    fc
      .tuple(prefix, fc.constantFrom('2015', '2015-08', '2015-08-12', '0001', '9999', '2015-08-12T10:30Z'))
      .map((parts) => parts.join('')),
  ),
  fc.tuple(
    fc.constantFrom('value-quantity', 'component-value-quantity', 'combo-value-quantity'),
    fc
      .tuple(prefix, fc.constantFrom('5.4', '1e300', '-1e307', '0', '5.4||mg', '1e-300', '5.4|urn:s|a'))
      .map((parts) => parts.join('')),
  ),
  fc.tuple(
    fc.constantFrom('_count', 'page', '_maxresults'),
    fc.constantFrom('0', '1', '2', '1000', '999999999'),
  ),
  fc.tuple(
    fc.constant('_sort'),
    fc.constantFrom('date', '-date,_id', '-code', 'subject', '_lastUpdated', 'family', 'x'),
  ),
  fc.tuple(
    fc.constantFrom('_include', '_revinclude', '_include:iterate'),
    fc.constantFrom('Observation:subject', 'Provenance:target', 'Patient:link'),
  ),
)
const pairs = fc.oneof(
  { weight: 1, arbitrary: fc.array(goodPair, { minLength: 1, maxLength: 4 }) },
  { weight: 1, arbitrary: fc.array(fc.oneof(fc.tuple(name, value), goodPair), { maxLength: 6 }) },
)

/** Mostly encoded as it should be, sometimes not. */
const query = fc.oneof(
  { weight: 8, arbitrary: pairs.map((list) => new URLSearchParams(list).toString()) },
  {
    weight: 2,
    arbitrary: pairs.map((list) => list.map(([one, other]) => `${ascii(one)}=${ascii(other)}`).join('&')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('%', '%zz=%', 'a=%E0%A4', '=', '&&&', '?', '%00=%00', 'a[b]=c', 'name=%FF%FE'),
  },
  {
    weight: 1,
    arbitrary: pairs.map((list) =>
      new URLSearchParams(list.flatMap((pair) => Array(30).fill(pair))).toString(),
    ),
  },
)

const segment = fc.oneof(
  { weight: 4, arbitrary: type },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '1',
      'ana',
      '_search',
      '_history',
      '*',
      '$everything',
      'metadata',
      '1.0',
      '',
      '..',
    ),
  },
  { weight: 1, arbitrary: nasty.map((text) => encodeURIComponent(text.toWellFormed())) },
  { weight: 1, arbitrary: fc.constantFrom('%', '%00', '%zz', '%2e%2e', '%2F', ';a=b', '@', '%C0%80', '//') },
)
const path = fc.oneof(
  { weight: 8, arbitrary: type },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('Patient/ana', 'Encounter/1'), type).map((parts) => parts.join('/')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('Patient/ana/*', 'Patient/ana', 'Patient/ana/_history/1', 'metadata'),
  },
  { weight: 3, arbitrary: fc.array(segment, { maxLength: 6 }).map((parts) => parts.join('/')) },
)

const header = fc.oneof(
  nasty.map((text) => ascii(text).slice(0, 500)),
  fc.constantFrom(
    'application/fhir+json',
    '*/*',
    'text/html',
    'application/json;q=0.1, */*;q=0',
    'application/fhir+json;fhirVersion=5.0',
    'W/"1"',
    '*',
    '"',
    'W/',
    'Sun, 01 Mar 2026 12:00:00 GMT',
    'handling=strict',
    'handling=lenient',
    'return=minimal',
    'respond-async',
    'https://app.example.org',
    'null',
    'application/x-www-form-urlencoded',
    'application/json',
    'multipart/form-data; boundary=x',
    'gzip',
  ),
)
const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'prefer',
    'if-none-match',
    'if-modified-since',
    'if-match',
    'origin',
    'x-request-id',
    'content-type',
    'accept-encoding',
    'accept-language',
    'range',
    'x-forwarded-host',
    'x-http-method-override',
    'if-none-exist',
  ),
  header,
  { maxKeys: 4 },
)

/** Any request, from the sensible to the absurd. */
export const hostileRequest: fc.Arbitrary<Hostile> = fc
  .record({
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constant('GET') },
      { weight: 4, arbitrary: fc.constant('POST') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          'HEAD',
          'PUT',
          'PATCH',
          'DELETE',
          'OPTIONS',
          'TRACE',
          'PROPFIND',
          'SEARCH',
        ),
      },
    ),
    path,
    search: fc.oneof(
      { weight: 5, arbitrary: fc.constant('/_search') },
      { weight: 1, arbitrary: fc.constant('') },
    ),
    query,
    headers: fc.oneof({ weight: 2, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: headers }),
    body: fc.oneof({ weight: 4, arbitrary: query }, { weight: 1, arbitrary: nasty }),
    asForm: fc.oneof(
      { weight: 4, arbitrary: fc.constant(true) },
      { weight: 1, arbitrary: fc.constant(false) },
    ),
  })
  .map(({ method, path: where, search, query: asked, headers: sent, body, asForm }) => ({
    method,
    // Longer addresses Node refuses itself, before any of our code.
    path: `${where}${method === 'POST' ? search : ''}${asked === '' ? '' : `?${asked}`}`.slice(0, 14_000),
    headers: asForm ? { ...sent, 'content-type': 'application/x-www-form-urlencoded' } : sent,
    // Node sends no length with the body of any other method.
    body: ['POST', 'PUT', 'PATCH'].includes(method) ? body.slice(0, 65_000) : undefined,
  }))

/** What an HTTP client lets through unencoded. */
function ascii(text: string): string {
  return text.replace(/[^\x21-\x7e]|[#&]/g, '~')
}
