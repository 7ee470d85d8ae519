import { describe, expect, test } from 'vitest'
import { smartVocabulary } from '../../src/fhir/access/vocabulary.ts'
import { loadDefinitions } from '../../src/fhir/definitions/definitions.ts'
import { consentLines } from '../../src/smart/consent-lines.ts'
import { formatScopes, parseScopes, type Scope } from '../../src/smart/scope.ts'
import { en } from '../../src/smart/words/en.ts'
import { es } from '../../src/smart/words/es.ts'

const vocabulary = smartVocabulary(loadDefinitions(), ['__introspect'])
const read = (text: string): readonly Scope[] => {
  const { scopes, problems } = parseScopes(text, vocabulary)
  expect(problems).toEqual([])
  return scopes
}
type Facts = Partial<Parameters<typeof consentLines>[1]>
const lines = (asked: string, facts: Facts = {}) =>
  consentLines(read(asked), { words: en, patient: 'Ana', self: false, app: 'Pulse Diary', ...facts })
const only = (asked: string, facts: Facts = {}) => {
  const [line, ...others] = lines(asked, facts)
  if (line === undefined || others.length > 0) throw new Error(`${asked} makes ${others.length + 1} lines`)
  return line
}
const category = 'http://terminology.hl7.org/CodeSystem/observation-category'

describe('which lines there are', () => {
  test('the page as drawn', () => {
    const page = lines(
      'launch/patient openid fhirUser offline_access online_access patient/Observation.rs patient/Patient.rs ' +
        'patient/MedicationRequest.rs patient/AllergyIntolerance.rs patient/Condition.rs ' +
        `patient/Observation.c?category=${category}|vital-signs`,
    )
    expect(
      page.map(({ group, title, hint, required, ticked, sensitive, note, unit }) =>
        [
          group,
          title,
          hint,
          required && 'required',
          ticked && 'ticked',
          sensitive && 'sensitive',
          note,
          unit?.(2),
        ]
          .filter((part) => part)
          .join(' | '),
      ),
    ).toEqual([
      'see | Who you are | Your name, and who you are to Ana. | required | ticked',
      'see | Ana’s name, birth date and contact details | The app needs this to show whose record it is. | required | ticked',
      'see | Measurements and results | Lab results, vital signs and other findings. You can narrow this to the kinds below. | ticked | 2 results',
      'see | Medicines | What is prescribed, the dose, and who prescribed it. | ticked | 2 medicines',
      'see | Allergies | What Ana reacts to, and how strongly. | ticked | 2 allergies',
      'see | Conditions | Diagnoses, past and present. You can narrow this to the kinds below. | sensitive | 2 conditions',
      'change | Home blood-pressure readings | Adds readings such as those taken at home. It cannot change or delete what the care team wrote. | ticked | Add only',
    ])
  })

  test('who you are is one line, whatever it is made of; the context and refresh tokens make none', () => {
    const line = only('launch launch/patient launch/imagingstudy profile openid offline_access online_access')
    expect([line.value, formatScopes(line.scopes), line.required]).toEqual([
      'profile',
      'profile openid',
      true,
    ])
    expect(lines('launch offline_access __introspect system/*.rs')).toEqual([])
  })

  test.each([
    ['patient/Observation.cruds', 'patient/Observation.rs patient/Observation.cu patient/Observation.d'],
    ['patient/Observation.*', 'patient/Observation.rs patient/Observation.cu patient/Observation.d'],
    ['patient/Observation.write', 'patient/Observation.cu patient/Observation.d'],
    ['patient/Observation.read', 'patient/Observation.read'],
    ['patient/Observation.r', 'patient/Observation.r'],
    ['patient/Observation.s patient/Observation.r', 'patient/Observation.rs'],
    ['patient/Observation.rs patient/Observation.read', 'patient/Observation.rs'],
    ['patient/Observation.cud patient/Observation.d', 'patient/Observation.cu patient/Observation.d'],
    ['user/Observation.rs patient/Observation.rs', 'user/Observation.rs patient/Observation.rs'],
    [
      'patient/Observation.rs?status=final&code=a patient/Observation.r?code=a&status=final',
      'patient/Observation.rs?status=final&code=a',
    ],
    [
      'http://smarthealthit.org/fhir/scopes/patient/Observation.rus',
      'http://smarthealthit.org/fhir/scopes/patient/Observation.rs http://smarthealthit.org/fhir/scopes/patient/Observation.u',
    ],
  ])('SCOPE-03 %s makes the lines %s', (asked, expected) => {
    const made = lines(asked)
    expect(made.map(({ value }) => value).join(' ')).toBe(expected)
    expect(made.map(({ scopes }) => formatScopes(scopes)).join(' ')).toBe(expected)
  })

  test('the patient’s own entry is always included, but nothing else of that type is', () => {
    expect(lines('patient/Patient.cruds').map(({ group, required }) => [group, required])).toEqual([
      ['see', true],
      ['change', false],
      ['delete', false],
    ])
    expect(only('patient/Patient.read').required).toBe(true)
    expect(only('user/Patient.rs').required).toBe(false)
    expect(only('patient/Patient.rs?gender=female').required).toBe(false)
  })
})

describe('AUTHZ-14 the categories to narrow to', () => {
  const values = (asked: string) => only(asked).parts.map(({ value }) => value)

  test('of measurements, with those that are sensitive unticked', () => {
    const { parts, ticked } = only('patient/Observation.read')
    expect(ticked).toBe(true)
    expect(parts.map(({ value, ticked, sensitive, unit }) => [value, ticked, sensitive, unit?.(1)])).toEqual([
      [`patient/Observation.rs?category=${category}|vital-signs`, true, false, '1 reading'],
      [`patient/Observation.rs?category=${category}|laboratory`, true, false, '1 result'],
      [`patient/Observation.rs?category=${category}|procedure`, true, false, '1 result'],
      [`patient/Observation.rs?category=${category}|survey`, true, false, '1 answer'],
      [`patient/Observation.rs?category=${category}|social-history`, false, true, '1 entry'],
      [
        'patient/Observation.rs?category=http://hl7.org/fhir/us/core/CodeSystem/us-core-category|sdoh',
        false,
        true,
        '1 entry',
      ],
    ])
  })

  test('of conditions, of which the line itself is sensitive', () => {
    const { parts, ticked, sensitive } = only('user/Condition.r')
    expect([ticked, sensitive]).toEqual([false, true])
    expect(parts.map(({ value, ticked, sensitive }) => [value, ticked, sensitive])).toEqual([
      [
        'user/Condition.r?category=http://terminology.hl7.org/CodeSystem/condition-category|problem-list-item',
        true,
        false,
      ],
      [
        'user/Condition.r?category=http://terminology.hl7.org/CodeSystem/condition-category|encounter-diagnosis',
        true,
        false,
      ],
      [
        'user/Condition.r?category=http://hl7.org/fhir/us/core/CodeSystem/condition-category|health-concern',
        true,
        false,
      ],
    ])
  })

  test('every part is a scope that can be asked for', () => {
    read([...values('patient/Observation.rs'), ...values('patient/Condition.rs')].join(' '))
  })

  test.each([
    'patient/Observation.cud',
    'patient/Observation.rs?status=final',
    'patient/DiagnosticReport.rs',
    'patient/*.rs',
  ])('none for %s', (asked) => {
    expect(lines(asked).flatMap(({ parts }) => parts)).toEqual([])
  })

  test('a category that was asked for itself has a line of its own instead', () => {
    const [broad, own] = lines(`patient/Observation.rs patient/Observation.r?category=${category}|laboratory`)
    expect(broad?.parts.map(({ title }) => title)).not.toContain('Lab results')
    expect([own?.title, own?.value]).toEqual([
      'Lab results',
      `patient/Observation.r?category=${category}|laboratory`,
    ])
  })
})

describe('AUTHZ-16 what they say', () => {
  test.each([
    [
      `patient/Observation.rs?category=${category}|laboratory`,
      'Lab results',
      'Tests of blood and other samples.',
    ],
    ['patient/Observation.rs?category=laboratory', 'Lab results', 'Tests of blood and other samples.'],
    [
      'patient/Observation.rs?category=laboratory,survey',
      'Lab results; Answers to questionnaires',
      'Tests of blood and other samples. For example about pain or mood.',
    ],
    [
      'patient/Observation.rs?category=laboratory,https://example.org|imaging',
      'Measurements and results, in part',
      'Lab results, vital signs and other findings. Only entries with category laboratory / imaging.',
    ],
    [
      'patient/MedicationRequest.rs?status=active&intent=order',
      'Medicines, in part',
      'What is prescribed, the dose, and who prescribed it. Only entries with status active, intent order.',
    ],
    [
      'patient/Observation.rs?category=https://example.org|laboratory',
      'Measurements and results, in part',
      'Lab results, vital signs and other findings. Only entries with category laboratory.',
    ],
    ['patient/AppointmentResponse.rs', 'Appointment response', 'Entries of this kind.'],
    [
      'patient/Observation.c?category=laboratory',
      'Lab results',
      'Pulse Diary can add entries. This does not let it change or delete any.',
    ],
    [
      'patient/Observation.cu?category=vital-signs',
      'Vital signs, such as blood pressure',
      'Pulse Diary can add entries, and change those that are there.',
    ],
    [
      'patient/Goal.u',
      'Goals',
      'Pulse Diary can change entries that are there. This does not let it add or delete any.',
    ],
    ['patient/Goal.d', 'Goals', 'Pulse Diary can delete entries from the record.'],
  ])('%s: %s. %s', (asked, title, hint) => {
    expect(only(asked)).toMatchObject({ title, hint })
  })

  test('what can only be added or only be changed says so at a glance', () => {
    const notes = (asked: string) => lines(asked).map(({ note }) => note)
    expect([notes('patient/Goal.c'), notes('patient/Goal.u'), notes('patient/Goal.cuds')]).toEqual([
      ['Add only'],
      ['Change only'],
      [undefined, undefined, undefined],
    ])
  })

  test('a user’s scope names its reach', () => {
    expect(
      lines(
        'user/MedicationRequest.rs user/Practitioner.rs user/Patient.rs user/Slot.rs user/AllergyIntolerance.rs',
      ).map(({ title, hint }) => `${title}: ${hint}`),
    ).toEqual([
      'Medicines of the patients you may see: What is prescribed, the dose, and who prescribed it.',
      'Health professionals, as far as you may see them: Names, qualifications and contact details of doctors, nurses and others.',
      'Names, birth dates and contact details of the patients you may see: To find people.',
      'Slot, as far as you may see them: Entries of this kind.',
      'Allergies of the patients you may see: What they react to, and how strongly.',
    ])
  })

  test('it speaks to the patient, of the patient by name, or of a patient not yet known', () => {
    const titles = (facts: Facts) =>
      lines('openid patient/Patient.rs patient/AllergyIntolerance.rs', facts).map(
        ({ title, hint }) => `${title}: ${hint}`,
      )
    expect(titles({ self: true })).toEqual([
      'Who you are: Your name, and that this is your own record.',
      'Your name, birth date and contact details: The app needs this to show whose record it is.',
      'Allergies: What you react to, and how strongly.',
    ])
    expect(
      consentLines(read('openid patient/Patient.rs patient/AllergyIntolerance.rs'), {
        words: en,
        self: false,
        app: 'x',
      }).map(({ title, hint }) => `${title}: ${hint}`),
    ).toEqual([
      'Who you are: Your name, and who you are here.',
      'The patient’s name, birth date and contact details: The app needs this to show whose record it is.',
      'Allergies: What the patient reacts to, and how strongly.',
    ])
    expect(titles({ words: es })).toEqual([
      'Quién es usted: Su nombre y su relación con Ana.',
      'Nombre, fecha de nacimiento y datos de contacto de Ana: La aplicación lo necesita para mostrar de quién son los datos.',
      'Alergias: A qué reacciona Ana y con qué intensidad.',
    ])
  })

  test('counts follow the plural rules and the numbers of the language', () => {
    const counts = (words: typeof en) =>
      [0, 1, 2, 12_345].map((count) => only('patient/AllergyIntolerance.rs', { words }).unit?.(count))
    expect(counts(en)).toEqual(['0 allergies', '1 allergy', '2 allergies', '12,345 allergies'])
    expect(counts(es)).toEqual(['0 alergias', '1 alergia', '2 alergias', '12.345 alergias'])
  })
})

describe('AUTHZ-15 a scope for every kind', () => {
  test('starts unticked, comes last, and says that it covers kinds added later', () => {
    const [vitals, all] = lines('patient/*.rs patient/Observation.rs?category=vital-signs')
    expect(vitals?.wildcard).toBe(false)
    expect(all).toMatchObject({
      title: 'Everything else in the record',
      hint: 'Also covers kinds of records that are added later.',
      wildcard: true,
      ticked: false,
      parts: [],
    })
    expect(all?.unit?.(214)).toBe('214 entries')
  })

  test('stays unticked where it is the only one, and says so of adding and deleting', () => {
    expect(
      lines('openid patient/*.cruds')
        .map(({ title, hint, ticked }) => [title, hint, ticked])
        .slice(1),
    ).toEqual([
      ['Everything in the record', 'Also covers kinds of records that are added later.', false],
      [
        'Everything in the record',
        'Pulse Diary can add entries, and change those that are there. Also covers kinds of records that are added later.',
        false,
      ],
      [
        'Everything in the record',
        'Pulse Diary can delete entries from the record. Also covers kinds of records that are added later.',
        false,
      ],
    ])
  })

  test('names the reach of a user’s, and its filter', () => {
    expect(lines('user/*.rs patient/*.rs').map(({ title }) => title)).toEqual([
      'Everything that you may see',
      'Everything in the record',
    ])
    expect(only('patient/*.rs?_tag=https://example.org|x')).toMatchObject({
      title: 'Everything in the record, in part',
      hint: 'Also covers kinds of records that are added later. Only entries with _tag x.',
      wildcard: true,
    })
  })
})

describe('sensitive kinds start unticked', () => {
  test.each([
    'Condition',
    'FamilyMemberHistory',
    'ClinicalImpression',
    'RiskAssessment',
    'MolecularSequence',
  ])('%s to see, but not to add', (type) => {
    expect(lines(`patient/${type}.crs`).map(({ ticked, sensitive }) => [ticked, sensitive])).toEqual([
      [false, true],
      [true, false],
    ])
  })
  test.each(['social-history', 'sdoh', 'laboratory,social-history'])('category %s', (code) => {
    expect(only(`patient/Observation.rs?category=${code}`)).toMatchObject({ ticked: false, sensitive: true })
  })
  test('others start ticked', () => {
    expect(only('patient/Immunization.rs')).toMatchObject({ ticked: true, sensitive: false })
  })
})

describe('lines start as remembered', () => {
  const ticked = (asked: string, granted: string, refused: string) =>
    lines(asked, { remembered: { granted: read(granted), refused: read(refused) } }).map(
      ({ value, ticked, parts }) => [
        value,
        ticked,
        parts.filter((part) => part.ticked).map(({ title }) => title),
      ],
    )

  test('granted and refused, letter by letter', () => {
    expect(ticked('patient/Goal.cruds', 'patient/Goal.r patient/Goal.s', 'patient/Goal.cud')).toEqual([
      ['patient/Goal.rs', true, []],
      ['patient/Goal.cu', false, []],
      ['patient/Goal.d', false, []],
    ])
    expect(ticked('patient/Goal.rs patient/Device.rs', 'patient/*.rs', 'patient/Goal.rs')).toEqual([
      ['patient/Goal.rs', true, []],
      ['patient/Device.rs', true, []],
    ])
  })

  test('what is new starts as if nothing were remembered', () => {
    expect(ticked('patient/Goal.rs patient/*.rs', 'patient/Device.rs', 'patient/Goal.d')).toEqual([
      ['patient/Goal.rs', true, []],
      ['patient/*.rs', false, []],
    ])
  })

  test('sensitive kinds and categories that were granted', () => {
    const all = ['Problem list', 'Diagnoses of visits', 'Health concerns']
    expect(ticked('patient/Condition.rs', 'patient/Condition.rs', '')).toEqual([
      ['patient/Condition.rs', true, all],
    ])
    expect(
      ticked(
        'patient/Observation.rs',
        `patient/Observation.rs?category=${category}|social-history`,
        'patient/Observation.rs',
      ),
    ).toEqual([['patient/Observation.rs', true, ['Social history']]])
  })

  test('a refused line is offered anew with all its parts', () => {
    expect(ticked('patient/Condition.rs', '', 'patient/Condition.rs')).toEqual([
      ['patient/Condition.rs', false, ['Problem list', 'Diagnoses of visits', 'Health concerns']],
    ])
  })
})
