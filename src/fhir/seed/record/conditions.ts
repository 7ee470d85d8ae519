import { type Day, date } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { type Concept, hl7, type Reference, US_CORE } from '../codes.ts'
import { CONDITIONS, type ConditionName } from '../facts/conditions.ts'
import type { Visit } from './visits.ts'

const category = (code: string): Concept[] => [hl7('condition-category', code)]

/** US Core's three categories. */
const CATEGORIES = {
  problem: category('problem-list-item Problem List Item'),
  diagnosis: category('encounter-diagnosis Encounter Diagnosis'),
  concern: [
    {
      coding: [
        {
          system: `${US_CORE}/CodeSystem/condition-category`,
          code: 'health-concern',
          display: 'Health Concern',
        },
      ],
      text: 'Health Concern',
    },
  ],
}

const CLINICAL = {
  active: hl7('condition-clinical', 'active Active'),
  resolved: hl7('condition-clinical', 'resolved Resolved'),
  remission: hl7('condition-clinical', 'remission Remission'),
}
const VERIFICATION = {
  confirmed: hl7('condition-ver-status', 'confirmed Confirmed'),
  provisional: hl7('condition-ver-status', 'provisional Provisional'),
}

type ConditionOptions = {
  /** When it began; the day of the visit if left out. */
  since?: Day
  /** When it ended; it is then resolved, or in remission. */
  until?: Day
  remission?: boolean
  provisional?: boolean
}

/** Writes a diagnosis of a visit, a problem of the list, or a health concern. */
export function condition(
  chart: Chart,
  visit: Visit,
  as: keyof typeof CATEGORIES,
  name: ConditionName,
  { since = visit.day, until, remission, provisional }: ConditionOptions = {},
): Reference {
  const { code, label } = CONDITIONS[name]
  const ended = until !== undefined && until <= chart.now
  const reference = chart.add(
    'Condition',
    {
      clinicalStatus: ended ? CLINICAL[remission ? 'remission' : 'resolved'] : CLINICAL.active,
      verificationStatus: VERIFICATION[provisional ? 'provisional' : 'confirmed'],
      category: CATEGORIES[as],
      code,
      subject: chart.patient,
      encounter: visit.encounter,
      onsetDateTime: date(Math.max(Math.min(since, visit.day), chart.person.birth)),
      abatementDateTime: ended ? date(until) : undefined,
      recordedDate: date(visit.day),
      recorder: visit.clinician.who,
      asserter: visit.clinician.who,
    },
    { label, ...(as === 'diagnosis' && { profile: 'condition-encounter-diagnosis' }) },
  )
  return { ...reference, display: CONDITIONS[name].name }
}
