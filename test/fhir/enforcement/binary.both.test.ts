import { afterAll, beforeAll, expect, test } from 'vitest'
import { openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard({ LANYARD_FHIR_BINARY_MEGABYTES: '1' })
  await ward.write(
    ...['ann', 'bob'].flatMap((id) => [
      binary(`of-${id}`, { reference: `Patient/${id}` }),
      binary(`like-${id}-lab`, { reference: `Observation/${id}-lab` }),
      binary(`noted-${id}`),
      document('DocumentReference', `${id}-note`, id, { content: [attachment(`noted-${id}`)] }),
      binary(`reported-${id}`),
      document('DiagnosticReport', `${id}-scan`, id, { presentedForm: [link(`reported-${id}`)] }),
      binary(`pictured-${id}`),
      document('Media', `${id}-photo`, id, { content: link(`pictured-${id}`) }),
      binary(`misnamed-${id}`),
    ]),
    // A document of Ann's points at what is Bob's by its context, and one at what nobody here knows.
    document('DocumentReference', 'ann-steals', 'ann', {
      content: [attachment('of-bob'), attachment('elsewhere'), attachment('named-only')],
    }),
    // Not as a document's content: this points at nothing.
    document('Condition', 'ann-odd', 'ann', {
      evidence: [{ detail: [{ reference: 'Binary/misnamed-ann' }] }],
    }),
    binary('elsewhere', { reference: 'https://other.example/fhir/Patient/ann' }),
    binary('named-only', { identifier: { system: 'urn:mrn', value: 'a-1' } }),
    binary('unlinked'),
  )
})
afterAll(() => ward?.close())

const text = 'What the doctor wrote'
const binary = (id: string, securityContext?: object) => ({
  resourceType: 'Binary',
  id,
  contentType: 'text/plain',
  ...(securityContext === undefined ? {} : { securityContext }),
  data: Buffer.from(text).toString('base64'),
})
const link = (id: string) => ({ contentType: 'text/plain', url: `Binary/${id}` })
const attachment = (id: string) => ({ attachment: link(id) })
const document = (resourceType: string, id: string, patient: string, more: object) => ({
  resourceType,
  id,
  status: resourceType === 'DocumentReference' ? 'current' : resourceType === 'Media' ? 'completed' : 'final',
  ...(resourceType === 'DocumentReference' ? {} : { code: { text: 'x' } }),
  subject: { reference: `Patient/${patient}` },
  ...more,
})

/** Which of all Binaries a token reads. */
async function reads(scope: string, launch = {}): Promise<string[]> {
  const holder = ward.as(scope, launch)
  const ids = ['ann', 'bob'].flatMap((id) =>
    ['of', 'noted', 'reported', 'pictured', 'misnamed'].map((word) => `${word}-${id}`),
  )
  const all = [...ids, 'like-ann-lab', 'like-bob-lab', 'elsewhere', 'named-only', 'unlinked']
  const answers = await Promise.all(all.map((id) => holder.get(`Binary/${id}`)))
  return all.filter((_, index) => answers[index]?.status === 200).sort()
}
const user = (patients: 'all' | string[]) => ({
  patient: undefined,
  user: { fhirUser: 'Practitioner/ash', patients },
})

test('ENF-25 a patient token reads the Binaries that are linked to the record', async () => {
  const linked = ['like-ann-lab', 'noted-ann', 'of-ann', 'pictured-ann', 'reported-ann']
  expect(await reads('patient/*.rs')).toEqual(linked)
  expect(await reads('user/*.rs', user(['ann']))).toEqual(linked)
  expect(await reads('patient/Binary.r')).toEqual(['of-ann'])
  expect(await reads('patient/Binary.r patient/Media.r')).toEqual(['of-ann', 'pictured-ann'])
  // What is as an Observation is seen with it, and not by another category.
  expect(await reads('patient/Binary.r patient/Observation.r?category=survey')).toEqual(['of-ann'])
})

test('ENF-25 the scope of the document is enough, for its own Binaries', async () => {
  expect(await reads('patient/DocumentReference.r')).toEqual(['noted-ann'])
  expect(await reads('patient/DiagnosticReport.rs')).toEqual(['reported-ann'])
  expect(await reads('patient/Media.r', { patient: 'bob' })).toEqual(['pictured-bob'])
  expect(await reads('system/Media.r', { patient: undefined })).toEqual(['pictured-ann', 'pictured-bob'])
  // ENF-02: to find documents is not to read them.
  expect(await reads('patient/DocumentReference.s patient/DocumentReference.r?type=urn:x|y')).toEqual([])
  expect(await reads('patient/Observation.rs')).toEqual([])
  expect((await ward.as('patient/DocumentReference.rs').get('Binary')).status).toBe(403)
  expect((await ward.as('patient/Observation.rs').get('Binary/noted-ann')).status).toBe(403)
})

test('ENF-25 unlinked Binaries are for system scopes only', async () => {
  const linked = ['ann', 'bob'].flatMap((id) => [
    `like-${id}-lab`,
    `noted-${id}`,
    `of-${id}`,
    `pictured-${id}`,
    `reported-${id}`,
  ])
  expect(await reads('user/*.rs', user('all'))).toEqual(linked.sort())
  expect(await reads('system/Binary.r', { patient: undefined })).toHaveLength(15)
  expect(await ward.as('patient/*.rs').finds('Binary?_count=20')).toEqual(
    ['like-ann-lab', 'noted-ann', 'of-ann', 'pictured-ann', 'reported-ann'].map((id) => `Binary/${id}`),
  )
  const count = await ward.as('patient/*.rs').get('Binary?_summary=count')
  expect(count.body.total).toBe(5)
})

const put = (scope: string, path: string, body: object, method = 'PUT') =>
  ward.as(scope).get(path, {
    method,
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/fhir+json' },
  })

test('ENF-25 ENF-29 nobody comes to a Binary by pointing at it', async () => {
  const scope = 'patient/*.cruds'
  const mine = (id: string) => {
    const { id: _, ...rest } = document('DocumentReference', 'x', 'ann', { content: [attachment(id)] })
    return rest
  }
  const answers = await Promise.all(
    ['unlinked', 'noted-bob', 'never-was'].map((id) => put(scope, 'DocumentReference', mine(id), 'POST')),
  )
  // Hidden and unknown are the same.
  expect(answers.map(({ status }) => status)).toEqual([422, 422, 422])
  expect(new Set(answers.map(({ text: said }) => said.replace(/Binary\/[\w-]+/, ''))).size).toBe(1)
  expect((await put(scope, 'DocumentReference', mine('of-ann'), 'POST')).status).toBe(201)
  const absolute = { ...mine(''), content: [{ attachment: { url: `${ward.fhir}/Binary/unlinked` } }] }
  expect((await put(scope, 'DocumentReference', absolute, 'POST')).status).toBe(422)
  // What a document pointed at before it may go on pointing at.
  const steals = await ward.as(scope).get('DocumentReference/ann-steals')
  expect((await put(scope, 'DocumentReference/ann-steals', steals.body)).status).toBe(200)
  expect((await ward.as(scope).get('Binary/of-bob')).status).toBe(404)
  expect((await ward.as(scope).get('Binary/unlinked')).status).toBe(404)
})

test('ENF-25 ENF-13 ENF-14 a Binary is written in the record that its context says', async () => {
  const scope = 'patient/*.cruds'
  const { id: _, ...fresh } = binary('x', { reference: 'Patient/ann' })
  const made = await put(scope, 'Binary', fresh, 'POST')
  expect(made.status).toBe(201)
  const id = made.body.id as string
  for (const context of [{ reference: 'Patient/bob' }, { reference: 'Observation/bob-lab' }, undefined]) {
    const { id: _id, ...other } = binary('x', context)
    expect((await put(scope, 'Binary', other, 'POST')).status).toBe(403)
    expect((await put(scope, `Binary/${id}`, binary(id, context))).status).toBe(403)
  }
  // A document that points at it gives no right to change it.
  expect((await ward.as(scope).get('Binary/noted-ann')).status).toBe(200)
  expect(
    (await put(scope, 'Binary/noted-ann', binary('noted-ann', { reference: 'Patient/ann' }))).status,
  ).toBe(405)
  expect((await ward.as(scope).get('Binary/noted-ann', { method: 'DELETE' })).status).toBe(404)
  expect((await put('patient/DocumentReference.cruds', 'Binary', fresh, 'POST')).status).toBe(403)
  // ENF-19: the version before was somebody else's.
  await ward.write(binary(id, { reference: 'Patient/bob' }))
  expect((await ward.as(scope).get(`Binary/${id}`)).status).toBe(404)
  await ward.write(binary(id, { reference: 'Patient/ann' }))
  expect((await ward.as(scope).get(`Binary/${id}/_history/2`)).status).toBe(404)
  expect((await ward.as(scope).get(`Binary/${id}/_history/1`)).status).toBe(200)
})

test('REST-22 content is sent and fetched as what it is', async () => {
  const scope = 'patient/Binary.cruds patient/Patient.rs'
  const raw = (path: string, method: string, type: string, body: string, more = {}) =>
    ward.as(scope).get(path, { method, body, headers: { 'content-type': type, ...more } })
  const page = '<script>alert(1)</script>'
  const made = await raw('Binary', 'POST', 'text/html; charset=utf-8', page, {
    'x-security-context': 'Patient/ann',
    prefer: 'return=minimal',
  })
  expect([made.status, made.text]).toEqual([201, ''])
  const path = made.headers.get('location')?.split('/_history')[0] ?? ''
  const got = await ward.as(scope).get(path)
  expect([got.status, got.text]).toEqual([200, page])
  expect(Object.fromEntries(got.headers)).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "sandbox; default-src 'none'",
    'content-disposition': 'attachment',
    etag: 'W/"1"',
  })
  for (const accept of [
    'application/fhir+json',
    'application/json',
    'image/png, application/fhir+json;q=0.5',
  ]) {
    const { body } = await ward.as(scope).get(path, { headers: { accept } })
    expect(body).toMatchObject({
      resourceType: 'Binary',
      contentType: 'text/html; charset=utf-8',
      securityContext: { reference: 'Patient/ann' },
      data: Buffer.from(page).toString('base64'),
    })
  }
  expect((await ward.as(scope).get(`${path}?_format=json`)).body.resourceType).toBe('Binary')
  const image = await ward.as(scope).get(path, { headers: { accept: 'image/png' } })
  expect(image.text).toBe(page)
  expect((await ward.as(scope).get(path, { headers: { 'if-none-match': 'W/"1"' } })).status).toBe(304)
  expect((await ward.as(scope).get(path, { method: 'HEAD' })).headers.get('content-length')).toBe(
    String(page.length),
  )

  // New content leaves it with whom it belongs to.
  const put2 = await raw(path, 'PUT', 'image/png', 'pixels', { 'if-match': 'W/"1"' })
  expect(put2.status).toBe(200)
  const second = await ward.as(scope).get(path)
  expect([second.text, second.headers.get('content-disposition')]).toEqual(['pixels', null])
  expect((await ward.as(scope).get(`${path}/_history/1`)).text).toBe(page)
  expect((await raw(path, 'PUT', 'image/png', 'x', { 'if-match': 'W/"1"' })).status).toBe(412)
  expect((await raw(path, 'PUT', 'image/png', 'x', { 'x-security-context': 'Patient/bob' })).status).toBe(403)
  expect((await raw('Binary/of-bob', 'PUT', 'image/png', 'x')).status).toBe(404)

  expect((await raw('Binary', 'POST', 'image/png', 'x')).status).toBe(403)
  expect(
    (await raw('Binary', 'POST', 'image/png', 'x', { 'x-security-context': 'Patient/bob' })).status,
  ).toBe(403)
  expect((await raw('Binary', 'POST', 'nonsense', 'x', { 'x-security-context': 'Patient/ann' })).status).toBe(
    400,
  )
  expect((await raw('Binary', 'POST', 'application/fhir+xml', '<Binary/>')).status).toBe(415)
  expect((await raw('Patient', 'POST', 'image/png', 'x')).status).toBe(403)
  expect(
    (await raw('Binary', 'POST', 'image/png', 'x'.repeat(1_100_000), { 'x-security-context': 'Patient/ann' }))
      .status,
  ).toBe(413)
  const large = await raw('Binary', 'POST', 'image/png', 'x'.repeat(1_000_000), {
    'x-security-context': 'Patient/ann',
  })
  expect(large.status).toBe(201)
})

test('ENF-33 a Binary that was read is in the audit with its patient', async () => {
  await ward.as('system/Binary.r', { patient: undefined }).get('Binary/noted-bob')
  await ward.house.audit.flush()
  const row = await ward.house.db.kysely
    .selectFrom('audit')
    .select(['event', 'patient'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  expect(row).toEqual({ event: 'fhir.read', patient: 'bob' })
})
