import { type Concept, concept, type Label, SNOMED } from '../codes.ts'
import type { Specialty } from './staff.ts'

type VisitFacts = {
  class: { system: string; code: string; display: string }
  type: Concept
  /** How long it takes; inpatients stay by nights. */
  minutes: number
  specialty: Specialty | 'own'
  label?: Label
}

const act = (code: string, display: string) => ({
  system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  code,
  display,
})
const AMBULATORY = act('AMB', 'ambulatory')

/** Kinds of encounter; `own` means the patient's own family doctor or paediatrician. */
export const VISITS = {
  checkUp: {
    class: AMBULATORY,
    type: concept(SNOMED, '185349003 Encounter for check up'),
    minutes: 30,
    specialty: 'own',
  },
  wellChild: {
    class: AMBULATORY,
    type: concept(SNOMED, '410620009 Well child visit'),
    minutes: 30,
    specialty: 'pediatrics',
  },
  symptom: {
    class: AMBULATORY,
    type: concept(SNOMED, '185345009 Encounter for symptom'),
    minutes: 20,
    specialty: 'own',
  },
  followUp: {
    class: AMBULATORY,
    type: concept(SNOMED, '390906007 Follow-up encounter'),
    minutes: 20,
    specialty: 'own',
  },
  prenatal: {
    class: AMBULATORY,
    type: concept(SNOMED, '424619006 Prenatal visit'),
    minutes: 30,
    specialty: 'obstetrics',
  },
  psychiatric: {
    class: AMBULATORY,
    type: concept(SNOMED, '88848003 Psychiatric follow-up'),
    minutes: 50,
    specialty: 'psychiatry',
    label: 'mental',
  },
  telehealth: {
    class: act('VR', 'virtual'),
    type: concept(SNOMED, '448337001 Telemedicine consultation with patient'),
    minutes: 15,
    specialty: 'own',
  },
  emergency: {
    class: act('EMER', 'emergency'),
    type: concept(SNOMED, '50849002 Emergency room admission'),
    minutes: 210,
    specialty: 'emergency',
  },
  inpatient: {
    class: act('IMP', 'inpatient encounter'),
    type: concept(SNOMED, '32485007 Hospital admission'),
    minutes: 0,
    specialty: 'own',
  },
} as const satisfies Record<string, VisitFacts>
export type VisitKind = keyof typeof VISITS
