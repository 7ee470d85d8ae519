import { afterAll, beforeAll, expect, test } from 'vitest'
import { demoRoles } from '../../../src/cli/demo-roles.ts'
import { type Asked, explain } from '../../../src/fhir/explain/explain.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { explainWordsIn } from '../../../src/smart/words/languages.ts'
import { openWard, type Ward } from '../enforcement/ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  for (const role of demoRoles) await ward.house.roles.add(role, 'command')
  const at = (id: string, place: string) => ({
    resourceType: 'Appointment',
    id,
    status: 'booked',
    participant: [`Patient/ann`, `Location/${place}`].map((reference) => ({
      actor: { reference },
      status: 'accepted',
    })),
  })
  await ward.write(at('here', 'room'), at('there', 'other'))
})
afterAll(async () => await ward?.close())

type Who = {
  role?: string
  attributes?: Record<string, string>
  patients?: 'all' | string[]
  service?: string[]
}

async function asked(who: Who, scope: string, request: string, more: Partial<Asked> = {}, lang = 'en') {
  const { roles, definitions, vocabulary } = ward.house
  const [method = '', url = ''] = request.split(' ')
  const named = async (names: readonly string[]) =>
    await Promise.all(
      names.map(async (name) => ({ name, policy: await roles.policyOf([name]), why: undefined })),
    )
  const reach = {
    fhirUser: 'Practitioner/ash',
    patients: who.patients ?? ('all' as const),
    attributes: who.attributes ?? {},
    policy: await roles.policyOf([who.role ?? '']),
  }
  const question: Asked = {
    user: who.role === undefined ? undefined : { name: 'jo', reach, roles: await named([who.role]) },
    client: undefined,
    clientRoles: await named(who.service ?? []),
    scope,
    patient: undefined,
    method,
    url,
    ...more,
  }
  const store = await fhirStoreOf(ward.house)
  return await explain(question, {
    definitions,
    vocabulary,
    fhirBase: ward.fhir,
    shared: 'named',
    systems: {},
    words: explainWordsIn(lang),
    store,
  })
}
const linesOf = ({ steps }: Awaited<ReturnType<typeof asked>>, name: string) =>
  steps.find((step) => step.name === name)?.lines.join('\n') ?? ''

const desk = { role: 'frontdesk', attributes: { location: 'Location/room' } }

test('who, scopes, roles, rows and parameters, one after the other, and the whole in a sentence', async () => {
  const told = await asked(desk, 'user/*.cruds', 'GET /Appointment?status=booked&_sort=date')
  expect(told).toMatchObject({ allowed: true, sentence: 'Allowed, within limits.' })
  expect(told.steps.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
    'request ok',
    'user ok',
    'scopes ok',
    'roles ok',
    'ranges narrowed',
    'parameters ok',
    'data ok',
  ])
  expect(linesOf(told, 'user')).toContain('%user.location = Location/room')
  expect(linesOf(told, 'roles')).toMatch(/rule 1 of role frontdesk counts, where location=Location\/room/)
  expect(linesOf(told, 'ranges')).toMatch(
    /^By scope user\/\*\.cruds, rule 1 of role frontdesk: all records; only where/,
  )
  expect(linesOf(told, 'data')).toBe('The search finds 1 now.')
})

test.each<[string, Who, string, string, Partial<Asked>?]>([
  ['a desk', desk, 'user/*.cruds', 'GET /Appointment?status=booked&colour=red'],
  ['a variable without a value', { role: 'frontdesk' }, 'user/*.rs', 'GET /Appointment'],
  ['no letter', { role: 'clinician' }, 'user/Observation.r', 'GET /Observation'],
  ['no type', { role: 'clinician' }, 'user/Patient.r', 'GET /Observation'],
  ['no patient', { role: 'clinician', patients: ['ann'] }, 'patient/*.rs', 'GET /Observation'],
  [
    'a patient beyond',
    { role: 'clinician', patients: [] },
    'patient/*.rs',
    'GET /Observation',
    { patient: 'bob' },
  ],
  ['a new patient', { role: 'clinician' }, 'patient/*.cruds', 'POST /Patient', { patient: 'ann' }],
  ['a service', { service: ['analyst'] }, 'system/*.rs', 'GET /Appointment'],
])('the same in Spanish, but for names and what data say: %s', async (_what, who, scope, request, more) => {
  const [en, es] = [await asked(who, scope, request, more), await asked(who, scope, request, more, 'es')]
  expect(es.allowed).toBe(en.allowed)
  const same = en.steps
    .filter(({ name }) => name !== 'data')
    .flatMap(({ lines }, index) => lines.filter((line) => es.steps[index]?.lines.includes(line)))
  expect(same.filter((line) => !line.startsWith('%'))).toEqual([])
  expect(es.sentence).toMatch(/^(Permitida|Rechazada)/)
  expect(JSON.stringify(es.steps.map(({ lines }) => lines))).not.toMatch(
    /\b(the|role|rule|and|where|only|scope)\b/,
  )
})

test.each<[string, Who, string, string, RegExp, Partial<Asked>?]>([
  ['a rule that is about something else', desk, 'user/*.rs', 'GET /Observation', /No role that counts here/],
  [
    'a variable without a value',
    { role: 'frontdesk' },
    'user/*.rs',
    'GET /Appointment',
    /No role that counts here/,
  ],
  [
    'a hidden element',
    { role: 'analyst' },
    'user/*.rs',
    'GET /Appointment?patient=Patient/ann',
    /hidden from the roles/,
  ],
  [
    'a compartment',
    { role: 'analyst' },
    'user/*.rs',
    'GET /Patient/ann/Appointment',
    /hidden from the roles/,
  ],
  [
    'a scope that has not the letter',
    { role: 'clinician' },
    'user/Observation.r',
    'GET /Observation',
    /has no "s"/,
  ],
  [
    'no such resource',
    desk,
    'user/*.rs',
    'GET /Appointment/there',
    /There is no Appointment\/there that this token may see/,
  ],
  ['a letter that no rule has', desk, 'user/*.cruds', 'DELETE /Appointment/here', /No role that counts here/],
  [
    'another patient',
    { role: 'clinician' },
    'patient/*.rs',
    'GET /Observation?patient=bob',
    /for one patient/,
    { patient: 'ann' },
  ],
  [
    'a patient beyond the reach',
    { role: 'proxy', patients: ['bob'] },
    'patient/*.rs',
    'GET /Observation',
    /not within the user's reach/,
    { patient: 'ann' },
  ],
  ['no patient', { role: 'clinician' }, 'patient/*.rs', 'GET /Observation', /no patient/i],
  [
    'a parameter that cannot be read',
    { role: 'clinician' },
    'user/*.rs',
    'GET /Observation?date=soon',
    /cannot read 'soon'/,
  ],
])('what refuses is told: %s', async (_what, who, scope, request, sentence, more) => {
  const told = await asked(who, scope, request, more)
  expect(told.allowed).toBe(false)
  expect(told.sentence).toMatch(/^Refused: /)
  expect(told.sentence).toMatch(sentence)
})

test('the app and the service, changes, and what is not one request', async () => {
  const app = { id: 'app', scope: 'user/Appointment.rs', mayRefresh: false, policy: undefined }
  const told = await asked(desk, 'user/*.rs offline_access', 'GET /Appointment', { client: app })
  expect(linesOf(told, 'scopes')).toMatch(/A token would hold: user\/Appointment\.rs\.\n.*not granted/)
  const service = { ...app, scope: 'system/*.rs', policy: await ward.house.roles.policyOf(['analyst']) }
  const byService = await asked({ service: ['analyst'] }, 'system/*.rs user/*.rs', 'GET /Appointment', {
    client: service,
  })
  expect(byService.allowed).toBe(true)
  expect(linesOf(byService, 'scopes')).toContain('without a user only system/ scopes open data')
  expect(linesOf(byService, 'ranges')).toContain('without identifier')
  const change = await asked(desk, 'user/*.cruds', 'PUT /Appointment?status=booked')
  expect(linesOf(change, 'ranges')).toContain('changing only status, participant.status')
  expect((await asked({ role: 'clinician' }, 'user/*.rs', 'GET /Patient/ann')).sentence).toBe(
    'Allowed, for everything of the type.',
  )
  await expect(asked(desk, 'user/*.rs', 'POST /')).rejects.toMatchObject({ code: 'invalid-request' })
  await expect(asked(desk, 'user/*.rs', 'GET /Visit')).rejects.toMatchObject({ code: 'not-found' })
  // It explained, and did nothing.
  expect(
    (await ward.house.db.kysely.selectFrom('audit').select('seq').where('event', 'like', 'fhir.%').execute())
      .length,
  ).toBe(0)
})
