import fc from 'fast-check'
import { anyCharacters } from '../../support/hostile.ts'
import { nasty, ofEveryObject } from '../http/nasty.ts'

/** A write as a stranger may send it; `path` follows the FHIR base. The body is what goes over the wire. */
export type HostileWrite = { method: string; path: string; headers: Record<string, string>; body: string }

const types = ['Patient', 'Observation', 'Basic', 'Binary', 'Bundle', 'AuditEvent', 'Nothing']
const ids = ['ana', '1', 'new', '_history', '$validate', '__proto__', 'x'.repeat(65), '%00', '..']
const names = [
  'id',
  'meta',
  'text',
  'name',
  'birthDate',
  'contained',
  'extension',
  'subject',
  'valueQuantity',
]

const leaf = fc.oneof(
  nasty,
  anyCharacters(20),
  fc.constantFrom(
    null,
    true,
    0,
    -0,
    1e308,
    5e-324,
    1.5,
    2 ** 53,
    [],
    {},
    '2015-08-12',
    'Patient/ana',
    'urn:uuid:a',
  ),
)
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...names), ofEveryObject, nasty), tie('value'), { maxKeys: 4 }),
  ),
}))

/** A resource that would be right, but for a member or two. */
const resource = fc
  .tuple(
    fc.constantFrom<object>(
      { resourceType: 'Patient', id: 'ana', name: [{ family: 'A' }] },
      {
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'x' },
        subject: { reference: 'Patient/ana' },
      },
      { resourceType: 'Basic', code: { text: 'x' } },
      { resourceType: 'Binary', contentType: 'text/plain', data: 'eA==' },
    ),
    fc.dictionary(fc.oneof(fc.constantFrom(...names, 'resourceType', 'status'), ofEveryObject), anyValue, {
      maxKeys: 2,
    }),
  )
  .map(([right, wrong]) => ({ ...right, ...wrong }))

const pointer = fc.constantFrom(
  '',
  '/',
  '/name',
  '/name/0',
  '/name/-',
  '/name/00',
  '/id',
  '/__proto__/x',
  '/~2',
  '/a/b/c',
  'name',
)
const operation = fc.record(
  {
    op: fc.oneof(fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test'), leaf),
    path: fc.oneof(pointer, leaf),
    from: fc.oneof(pointer, leaf),
    value: anyValue,
  },
  { requiredKeys: ['op'] },
)
const url = fc.oneof(
  fc.constantFrom(
    'Patient',
    'Patient/ana',
    'Patient?name=A',
    'Basic/1',
    'metadata',
    '',
    '/',
    'Patient/ana/_history',
    '$everything',
    'http://elsewhere/Patient/1',
  ),
  nasty,
)
const entry = fc.record(
  {
    fullUrl: fc.oneof(fc.constantFrom('urn:uuid:a', 'urn:uuid:b', 'http://x/Patient/1'), leaf),
    resource: fc.oneof(resource, anyValue),
    request: fc.oneof(
      fc.record(
        {
          method: fc.oneof(fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'), leaf),
          url: fc.oneof(url, leaf),
          ifMatch: leaf,
          ifNoneExist: leaf,
        },
        { requiredKeys: ['method', 'url'] },
      ),
      anyValue,
    ),
  },
  { requiredKeys: ['request'] },
)
const bundle = fc.record({
  resourceType: fc.constant('Bundle'),
  type: fc.oneof(fc.constantFrom('transaction', 'batch', 'collection'), leaf),
  entry: fc.oneof(fc.array(entry, { maxLength: 5 }), anyValue),
})

/** Texts that no serializer makes. */
const crude = fc.constantFrom(
  '',
  '{',
  'null',
  '[]',
  '"x"',
  '{"resourceType":"Patient","resourceType":"Basic"}',
  '{"resourceType":"Patient","birthDate":"2015-08-12","birthDate":"x"}',
  '{"resourceType":"Patient","__proto__":{"active":true}}',
  `{"resourceType":"Patient","multipleBirthInteger":${'9'.repeat(500)}}`,
  '{"resourceType":"Patient","multipleBirthInteger":1e999}',
  '{"resourceType":"Patient","name":[{"family":"\\ud800"}]}',
  '\ufeff{"resourceType":"Patient"}',
  `${'['.repeat(5000)}${']'.repeat(5000)}`,
  `{"resourceType":"Patient","extension":${'[{"url":"u","extension":'.repeat(400)}[]${'}]'.repeat(400)}}`,
  JSON.stringify({ resourceType: 'Patient', name: Array(10_000).fill({ family: 'x' }) }),
  JSON.stringify({ resourceType: 'Bundle', type: 'batch', entry: Array(10_000).fill({}) }),
  JSON.stringify(Array(10_000).fill({ op: 'test', path: '/id', value: 'ana' })),
  '<Patient xmlns="http://hl7.org/fhir"/>',
)

const body = fc.oneof(
  { weight: 4, arbitrary: resource.map((it) => JSON.stringify(it)) },
  { weight: 3, arbitrary: bundle.map((it) => JSON.stringify(it)) },
  { weight: 3, arbitrary: fc.array(operation, { maxLength: 4 }).map((it) => JSON.stringify(it)) },
  { weight: 1, arbitrary: anyValue.map((it) => JSON.stringify(it) ?? '') },
  { weight: 1, arbitrary: crude },
)
const path = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', 'Patient', 'Observation', 'Basic', 'Patient/ana', 'Basic/1') },
  {
    weight: 1,
    arbitrary: fc.tuple(fc.constantFrom(...types), fc.constantFrom(...ids)).map((it) => it.join('/')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'Patient?identifier=urn:s|1',
      'Patient?',
      'Basic?_id=1',
      'Patient?name:nothing=x',
      'Patient/$validate',
      '$export',
    ),
  },
)
const visible = nasty.map((text) => text.replace(/[^\x20-\x7e]/g, '~').slice(0, 300))
const headers = fc.dictionary(
  fc.constantFrom(
    'accept',
    'prefer',
    'if-match',
    'if-none-match',
    'if-none-exist',
    'x-request-id',
    'content-encoding',
    'x-security-context',
  ),
  fc.oneof(
    visible,
    fc.constantFrom(
      'W/"1"',
      'W/"999999999999999999999"',
      'W/"-1"',
      '*',
      'return=minimal',
      'return=OperationOutcome',
      'handling=strict',
      'respond-async',
      'identifier=urn:s|1',
      'gzip',
      'Patient/ana',
    ),
  ),
  { maxKeys: 2 },
)
const contentType = fc.oneof(
  { weight: 4, arbitrary: fc.constant('application/fhir+json') },
  { weight: 3, arbitrary: fc.constant('application/json-patch+json') },
  {
    weight: 1,
    arbitrary: fc.oneof(
      visible,
      fc.constantFrom(
        'application/json',
        'text/plain',
        'application/fhir+xml',
        'application/merge-patch+json',
        'application/fhir+json; charset=utf-16',
      ),
    ),
  },
)

/** Any write, from nearly right to absurd. */
export const hostileWrite: fc.Arbitrary<HostileWrite> = fc
  .record({ method: fc.constantFrom('POST', 'PUT', 'PATCH', 'DELETE'), path, headers, body, contentType })
  .map(({ contentType: type, headers: more, ...rest }) => ({
    ...rest,
    headers: { ...more, 'content-type': type },
  }))
