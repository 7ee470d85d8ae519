import type { AppGrant } from '../../src/pages/account/apps-page.ts'
import type { CountedLine } from '../../src/pages/permissions.ts'

/** Puts one text wherever somebody else may choose one: names, addresses, what was typed. */
export type Texts = (usual: string) => string

export const at = (day: string, time = '12:00') => Date.parse(`2026-${day}T${time}:00Z`)

export const session = (id: string, agent: string, current = false) => ({
  id,
  current,
  agent,
  since: at('11-20', '17:05'),
  address: '192.0.2.17',
})

type LineMore = Partial<Omit<CountedLine, 'value' | 'title'>>

export function line(value: string, title: string, more: LineMore = {}): CountedLine {
  return {
    value,
    scopes: [],
    group: 'see',
    title,
    required: false,
    ticked: true,
    sensitive: false,
    wildcard: false,
    parts: [],
    ...more,
  }
}

export const wildcard = (text: Texts) =>
  line('patient/*.rs', text('Everything else in the record'), {
    hint: text('Also covers kinds of records that are added later.'),
    ticked: false,
    wildcard: true,
    count: 214,
  })

export function lines(text: Texts): CountedLine[] {
  const results = (count: number) => text(`${count} results`)
  const category = (code: string, title: string, more: LineMore) =>
    line(`patient/Observation.rs?category=http://x.example|${code}`, text(title), { unit: results, ...more })
  return [
    line('openid', text('Who you are'), { required: true, hint: text('Your name.') }),
    line('patient/Patient.rs', text('Ana’s name, birth date and contact details'), { required: true }),
    line('patient/Observation.rs', text('Measurements and results'), {
      hint: text('You can narrow this to the kinds below.'),
      unit: results,
      count: 63,
      parts: [
        category('vital-signs', 'Vital signs, such as blood pressure', { count: 48 }),
        category('laboratory', 'Lab results', { count: 12 }),
        category('social-history', 'Social history', {
          count: 3,
          ticked: false,
          sensitive: true,
          hint: text('For example tobacco or alcohol use.'),
        }),
      ],
    }),
    line('patient/MedicationRequest.rs', text('Medicines'), { hint: text('What is prescribed.'), count: 1 }),
    line('patient/Condition.rs', text('Conditions'), { ticked: false, sensitive: true }),
    line('patient/Observation.c', text('Home blood-pressure readings'), {
      group: 'change',
      note: text('Add only'),
      hint: text('Adds readings you take at home.'),
    }),
    line('patient/Observation.d', text('Measurements and results'), { group: 'delete', ticked: false }),
  ]
}

export function grantsOf(who: {
  pulse: AppGrant['client']
  tales: AppGrant['client']
  mother: NonNullable<AppGrant['patient']>
  marta: { name: string }
  text: Texts
}): AppGrant[] {
  const { pulse, tales, mother, marta, text } = who
  const common = { scopes: text('patient/Observation.rs openid'), since: at('11-19', '11:38') }
  return [
    {
      ...common,
      id: text('g1'),
      client: pulse,
      patient: mother,
      lines: lines(text),
      lastUsed: at('11-21', '07:02'),
      until: Date.UTC(2027, 1, 19),
      offline: true,
    },
    {
      ...common,
      id: 'g2',
      client: { ...tales, publisher: text('Regional Health Office') },
      patient: { ...marta, relation: 'self' },
      lines: [],
      lastUsed: at('10-12'),
      until: at('11-21', '18:00'),
      offline: false,
    },
    {
      ...common,
      id: 'g3',
      client: tales,
      lines: lines(text).slice(1, 3),
      until: at('11-28'),
      offline: false,
    },
  ]
}

export function events(text: Texts) {
  const app = text('Pulse Diary')
  const patient = text('Ana Lindqvist')
  return [
    {
      at: at('11-21', '07:02'),
      what: 'read',
      app,
      patient,
      kinds: [text('48 vital signs'), text('12 lab results')],
    },
    { at: at('11-21', '06:58'), what: 'read', app, patient },
    { at: at('11-19', '16:20'), what: 'read', app, who: text('Dr Samir Haddad'), kinds: [text('1 visit')] },
    { at: at('11-19', '11:41'), what: 'refused', app, kinds: [text('conditions')] },
    { at: at('11-19', '11:38'), what: 'allowed', app },
    { at: at('11-19', '11:37'), what: 'denied', app },
    { at: at('11-19', '11:36'), what: 'narrowed', app },
    { at: Date.UTC(2025, 0, 2), what: 'withdrawn', app },
  ] as const
}
