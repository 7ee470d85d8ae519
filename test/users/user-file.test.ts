import { expect, test } from 'vitest'
import { mistakesIn } from '../../src/lib/mistakes.ts'
import { userFile } from '../../src/users/user-file.ts'

const person = (more: object = {}) => ({
  username: 'marta',
  display_name: 'Marta Lindqvist',
  roles: ['proxy'],
  ...more,
})
const mistakes = (more: object) => {
  const { error } = userFile.safeParse(person(more))
  return error === undefined ? [] : mistakesIn(error)
}

test('a name is kept in lower case, without spaces around it; e-mail addresses are names', () => {
  expect(userFile.parse(person({ username: ' Marta.Lindqvist+home@Mail.Example ' })).username).toBe(
    'marta.lindqvist+home@mail.example',
  )
})

test.each(['', '.hidden', 'two words', 'ма́рта', 'marta\u0000', 'a'.repeat(101), 'a/b'])(
  'the name %j is refused',
  (username) => {
    expect(mistakes({ username })).toEqual([
      'username: must begin with a letter or digit; letters, digits and . _ % + @ - may follow',
    ])
  },
)

test.each([
  [{ fhir_user: 'Patient/p1', roles: ['patient'] }, ['p1']],
  [{ fhir_user: 'Patient/p1', roles: ['patient', 'clinician'] }, ['p1']],
  [{ fhir_user: 'Practitioner/7', roles: ['clinician'] }, 'all'],
  [{ roles: ['developer'] }, []],
  // What such roles open is said by their rules.
  [{ roles: ['frontdesk'] }, 'all'],
  [{ roles: ['frontdesk', 'proxy'] }, []],
  [{ fhir_user: 'RelatedPerson/r1', roles: ['proxy'] }, []],
  [{ fhir_user: 'Patient/p1', patients: ['p1', 'p2'] }, ['p1', 'p2']],
  [{ roles: ['clinician'], patients: [] }, []],
])('whose records %j may open: %j', (given, patients) => {
  expect(userFile.parse(person(given)).patients).toEqual(patients)
})

test.each([
  [{ roles: [] }, ['roles: must hold at least one role']],
  [{ roles: ['Front desk'] }, ['roles.0: must be the name of a role, e.g. "clinician"']],
  [{ display_name: ' ' }, [expect.stringContaining('display_name')]],
  [{ display_name: 'A\nB' }, ['display_name: must have no control characters and no line breaks']],
  [{ display_name: 'nimdA\u202e' }, ['display_name: must have no control characters and no line breaks']],
  [{ display_name: 'A\u2067B' }, ['display_name: must have no control characters and no line breaks']],
  [{ fhir_user: 'Device/7' }, [expect.stringContaining('fhir_user: must be a Patient, Practitioner')]],
  [{ fhir_user: 'https://else.example/fhir/Patient/7' }, [expect.stringContaining('fhir_user: must be')]],
  [{ patients: 'some' }, [expect.stringContaining('patients: must be "all" or a list')]],
  [{ patients: ['Patient/1'] }, ['patients.0: must be the id of a patient, without "Patient/"']],
  [{ password: 'short' }, ['password: must have 12 to 200 characters']],
  [{ password_hash: '$2b$10$abc' }, ['password_hash: must come from `lanyard user hash`']],
  [
    { password_hash: `$scrypt$ln=10,r=8,p=1$${'a'.repeat(22)}$${'a'.repeat(43)}` },
    ['password_hash: must come from `lanyard user hash`'],
  ],
  [{ admin: true }, [expect.stringContaining('admin')]],
])('%j is refused', (given, told) => {
  expect(mistakes(given)).toEqual(told)
})

test('a password and its hash exclude each other', () => {
  const password_hash = `$scrypt$ln=15,r=8,p=3$${'a'.repeat(22)}$${'a'.repeat(43)}`
  expect(mistakes({ password_hash })).toEqual([])
  expect(mistakes({ password_hash, password: 'long enough to do' })).toEqual([
    'password: and password_hash exclude each other: give one of them',
  ])
})

test('a list of patients has an end', () => {
  expect(mistakes({ patients: Array(500).fill('p') })).toEqual([])
  expect(mistakes({ patients: Array(501).fill('p') })).toEqual([expect.stringContaining('patients: ')])
})
