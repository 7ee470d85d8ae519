import { date } from '../calendar.ts'
import type { Chart } from '../chart.ts'
import { concept, hl7, LOINC, type Reference, SNOMED, US_CORE } from '../codes.ts'
import { PROCEDURES, type ProcedureName } from '../facts/procedures.ts'
import type { Specialty } from '../facts/staff.ts'
import { fullName } from '../person.ts'
import { quantity } from './observations.ts'
import { during, type Visit } from './visits.ts'

const ROLES = {
  family: concept(SNOMED, '62247001 Family medicine specialist'),
  pediatrics: concept(SNOMED, '82296001 Pediatrician'),
  specialist: concept(SNOMED, '69280009 Specialized physician'),
  patient: concept(SNOMED, '116154003 Patient'),
  relative: concept(SNOMED, '133932002 Caregiver'),
}

/** Writes the people who look after the patient: their own doctor, the specialists, the patient, a relative. */
export function careTeam(
  chart: Chart,
  specialties: readonly Specialty[],
  options: { relative?: Reference | undefined; reason?: Reference | undefined } = {},
): Reference {
  const { doctor, person } = chart
  const member = (role: (typeof ROLES)[keyof typeof ROLES], member: Reference) => ({ role: [role], member })
  return chart.add(
    'CareTeam',
    {
      status: person.died === undefined ? 'active' : 'inactive',
      name: `Care team of ${fullName(person)}`,
      subject: chart.patient,
      participant: [
        member(doctor.specialty === 'pediatrics' ? ROLES.pediatrics : ROLES.family, doctor.who),
        ...specialties.map((specialty) => member(ROLES.specialist, chart.specialist(specialty).who)),
        member(ROLES.patient, chart.patient),
        ...(options.relative ? [member(ROLES.relative, options.relative)] : []),
      ],
      reasonReference: options.reason && [options.reason],
      managingOrganization: [doctor.department],
    },
    { label: specialties.includes('psychiatry') ? 'mental' : undefined },
  )
}

export type GoalFacts = {
  text: string
  /** What is measured (LOINC), and the value not to exceed, or to reach, in a UCUM unit. */
  target?: readonly [loinc: string, limit: 'low' | 'high', value: number, ucum: string]
  /** Days from the anchor until it should be reached. */
  due: number
}

const ASSESS_PLAN = [
  {
    coding: [
      {
        system: `${US_CORE}/CodeSystem/careplan-category`,
        code: 'assess-plan',
        display: 'Assessment and Plan of Treatment',
      },
    ],
    text: 'Assessment and Plan of Treatment',
  },
]

export type PlanFacts = {
  title: string
  problem: Reference
  team?: Reference
  goals: readonly GoalFacts[]
  activities: readonly ProcedureName[]
}

/** Writes what patient and team want to reach, and the plan to get there. */
export function carePlan(
  chart: Chart,
  visit: Visit,
  { title, problem, team, goals, activities }: PlanFacts,
): Reference {
  const alive = chart.person.died === undefined
  const aims = goals.map((facts) => goal(chart, visit, facts, problem))
  const does = activities.map((name) => PROCEDURES[name])
  const sentence = [title, ...goals.map(({ text }) => text), ...does.map(({ text }) => text)].join('. ')
  return chart.add(
    'CarePlan',
    {
      text: {
        status: 'additional',
        div: `<div xmlns="http://www.w3.org/1999/xhtml"><p>${sentence}.</p></div>`,
      },
      status: alive ? 'active' : 'revoked',
      intent: 'plan',
      category: ASSESS_PLAN,
      title,
      subject: chart.patient,
      encounter: visit.encounter,
      period: { start: date(visit.day), ...(alive && { end: date(chart.today + 180) }) },
      created: during(visit, 18),
      author: visit.clinician.who,
      contributor: [visit.clinician.who],
      careTeam: team && [team],
      addresses: [problem],
      goal: aims,
      activity: does.map((code) => ({
        detail: { kind: 'ServiceRequest', code, status: alive ? 'in-progress' : 'stopped' },
      })),
    },
    { label: visit.label },
  )
}

function goal(chart: Chart, visit: Visit, { text, target, due }: GoalFacts, problem: Reference): Reference {
  return chart.add(
    'Goal',
    {
      lifecycleStatus: chart.person.died === undefined ? 'active' : 'cancelled',
      achievementStatus: hl7('goal-achievement', 'in-progress In Progress'),
      description: { text },
      subject: chart.patient,
      startDate: date(visit.day),
      target: [
        {
          ...(target && {
            measure: concept(LOINC, target[0]),
            detailRange: { [target[1]]: quantity(target[2], target[3]) },
          }),
          dueDate: date(chart.today + due),
        },
      ],
      expressedBy: chart.patient,
      addresses: [problem],
    },
    { label: visit.label },
  )
}
