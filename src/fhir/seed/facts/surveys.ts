import { type Concept, coding, concept, type Label, LOINC, SNOMED, US_CORE } from '../codes.ts'

const category = (code: string): Concept => ({
  coding: [coding('http://terminology.hl7.org/CodeSystem/observation-category', code)],
})
const usCategory = (code: string): Concept => ({
  coding: [coding(`${US_CORE}/CodeSystem/us-core-category`, code)],
})

export const CATEGORIES = {
  vital: category('vital-signs Vital Signs'),
  laboratory: category('laboratory Laboratory'),
  social: category('social-history Social History'),
  survey: category('survey Survey'),
  procedure: category('procedure Procedure'),
  imaging: category('imaging Imaging'),
  exam: category('exam Exam'),
  therapy: category('therapy Therapy'),
  activity: category('activity Activity'),
  sdoh: usCategory('sdoh SDOH'),
  disability: usCategory('disability-status Disability Status'),
  preference: usCategory('treatment-intervention-preference Treatment Intervention Preference'),
}
export type CategoryName = keyof typeof CATEGORIES

const answer = (loinc: string) => concept(LOINC, loinc)
const yes = answer('LA33-6 Yes')
const no = answer('LA32-8 No')

type Question = {
  code: Concept
  categories: readonly CategoryName[]
  profile: string
  answers: Record<string, Concept | string>
  label?: Label
}

/** Questions with a fixed set of answers. */
export const QUESTIONS = {
  smoking: {
    code: concept(LOINC, '72166-2 Tobacco smoking status'),
    categories: ['social'],
    profile: 'smokingstatus',
    answers: {
      never: concept(SNOMED, '266919005 Never smoked tobacco'),
      former: concept(SNOMED, '8517006 Ex-smoker'),
      daily: concept(SNOMED, '449868002 Smokes tobacco daily'),
      unknown: concept(SNOMED, '266927001 Tobacco smoking consumption unknown'),
    },
  },
  passiveSmoke: {
    code: concept(SNOMED, '229819007 Tobacco use and exposure'),
    categories: ['social'],
    profile: 'simple-observation',
    answers: { none: 'No smoke exposure at home' },
  },
  alcohol: {
    code: concept(LOINC, '11331-6 History of Alcohol use'),
    categories: ['social'],
    profile: 'simple-observation',
    answers: { never: 'Never', light: 'One or two glasses a week', daily: 'Three or more drinks a day' },
  },
  pregnant: {
    code: concept(LOINC, '82810-3 Pregnancy status'),
    categories: ['social'],
    profile: 'observation-pregnancystatus',
    answers: {
      yes: concept(SNOMED, '77386006 Pregnant'),
      no: concept(SNOMED, '60001007 Not pregnant'),
    },
  },
  food: {
    code: concept(
      LOINC,
      '88122-7 (I/We) worried whether (my/our) food would run out before (I/we) got money to buy more',
    ),
    categories: ['survey', 'sdoh'],
    profile: 'observation-screening-assessment',
    answers: {
      often: answer('LA28397-0 Often true'),
      sometimes: answer('LA6729-3 Sometimes true'),
      never: answer('LA28398-8 Never true'),
    },
  },
  housing: {
    code: concept(LOINC, '71802-3 Housing status'),
    categories: ['survey', 'sdoh'],
    profile: 'observation-screening-assessment',
    answers: {
      secure: answer('LA31993-1 I have a steady place to live'),
      worried: answer(
        'LA31994-9 I have a place to live today, but I am worried about losing it in the future',
      ),
    },
  },
  walking: {
    code: concept(LOINC, '69859-7 Do you have serious difficulty walking or climbing stairs'),
    categories: ['survey', 'disability'],
    profile: 'simple-observation',
    answers: { yes, no },
  },
} as const satisfies Record<string, Question>
export type QuestionName = keyof typeof QUESTIONS

/** PHQ-9: its nine items and the four answers, worth 0 to 3. */
export const PHQ9_ITEMS = [
  ['44250-9', 'Little interest or pleasure in doing things'],
  ['44255-8', 'Feeling down, depressed, or hopeless'],
  ['44259-0', 'Trouble falling or staying asleep, or sleeping too much'],
  ['44254-1', 'Feeling tired or having little energy'],
  ['44251-7', 'Poor appetite or overeating'],
  [
    '44258-2',
    'Feeling bad about yourself-or that you are a failure or have let yourself or your family down',
  ],
  ['44252-5', 'Trouble concentrating on things, such as reading the newspaper or watching television'],
  [
    '44253-3',
    'Moving or speaking so slowly that other people could have noticed. Or the opposite-being so fidgety or restless that you have been moving around a lot more than usual',
  ],
  ['44260-8', 'Thoughts that you would be better off dead, or of hurting yourself in some way'],
] as const
export const PHQ9_ANSWERS = [
  ['LA6568-5', 'Not at all'],
  ['LA6569-3', 'Several days'],
  ['LA6570-1', 'More than half the days'],
  ['LA6571-9', 'Nearly every day'],
] as const

export const SCORES = {
  phq9: {
    code: concept(LOINC, '44261-6 Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]'),
    label: 'mental',
  },
  auditC: {
    code: concept(LOINC, '75626-2 Total score [AUDIT-C]'),
    label: 'substance',
  },
} as const satisfies Record<string, { code: Concept; label: Label }>
