import type { Chart } from '../chart.ts'
import { concept, hl7, LOINC, type Reference } from '../codes.ts'
import { PHQ9_ANSWERS, PHQ9_ITEMS, QUESTIONS, type QuestionName, SCORES } from '../facts/surveys.ts'
import { inWords, observe, quantity } from './observations.ts'
import { during, type Visit } from './visits.ts'

type Answer<Name extends QuestionName> = keyof (typeof QUESTIONS)[Name]['answers'] & string

/** Writes the answer to a question; no answer: the patient would rather not say. */
export function ask<Name extends QuestionName>(
  chart: Chart,
  visit: Visit,
  name: Name,
  answer: Answer<Name> | undefined,
): Reference {
  const { code, categories, profile, answers } = QUESTIONS[name]
  const value = answer && (answers as Record<string, Parameters<typeof inWords>[0]>)[answer]
  const says = value ? inWords(value) : { dataAbsentReason: DECLINED }
  return observe(chart, visit, { code, categories, profile, minutes: 6, says })
}

const DECLINED = hl7('data-absent-reason', 'asked-declined Asked But Declined')
const score = (value: number) => ({
  valueQuantity: quantity(value, '{score}'),
})

/** Has the patient fill in a PHQ-9 of about this total (0 to 27), and writes form and total. */
export function phq9(chart: Chart, visit: Visit, about: number): Reference {
  let total = 0
  const item = PHQ9_ITEMS.map(([linkId, text], i) => {
    // Thoughts of death are rare below the most severe totals.
    const worth =
      i === 8
        ? about > 20
          ? 1
          : 0
        : Math.min(3, Math.max(0, Math.round(about / 8 + 0.6 * chart.random.bell())))
    total += worth
    const [code, display] = PHQ9_ANSWERS[worth] as (typeof PHQ9_ANSWERS)[number]
    return { linkId, text, answer: [{ valueCoding: { system: LOINC, code, display } }] }
  })
  const form = chart.add(
    'QuestionnaireResponse',
    {
      questionnaire: 'http://loinc.org/q/44249-1',
      status: 'completed',
      subject: chart.patient,
      encounter: visit.encounter,
      authored: during(visit, 4),
      author: chart.patient,
      source: chart.patient,
      item,
    },
    { label: 'mental' },
  )
  const { code, label } = SCORES.phq9
  return observe(chart, visit, {
    code,
    label,
    categories: ['survey'],
    profile: 'observation-screening-assessment',
    says: { ...score(total), derivedFrom: [form] },
  })
}

/** Writes the total of an AUDIT-C (0 to 12) about drinking. */
export function auditC(chart: Chart, visit: Visit, total: number): Reference {
  const { code, label } = SCORES.auditC
  return observe(chart, visit, {
    code,
    label,
    categories: ['survey'],
    profile: 'observation-screening-assessment',
    says: score(total),
  })
}

/** Writes what the patient wishes for their treatment. */
export function wish(chart: Chart, visit: Visit, sentence: string): Reference {
  return observe(chart, visit, {
    code: concept(LOINC, '75773-2 Goals, preferences, and priorities for medical treatment [Reported]'),
    categories: ['preference'],
    profile: 'treatment-intervention-preference',
    minutes: 14,
    says: { valueString: sentence },
  })
}
