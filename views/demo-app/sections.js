// The sections of the page: what each asks for, and how it shows the answer.

import { listOf } from './list.js'
import { results } from './results.js'
import { tile } from './tile.js'
import { dayOf, wordsOf } from './values.js'
import { readingsOf, vitals } from './vitals.js'

const observationCategory = 'http://terminology.hl7.org/CodeSystem/observation-category'
const LATEST = 5

/** `what` completes "… were not shared with this app". */
export const sections = [
  {
    id: 'vitals',
    what: 'Vital signs',
    type: 'Observation',
    category: 'vital-signs',
    parameters: {
      category: `${observationCategory}|vital-signs`,
      code: vitals.map(({ code }) => `http://loinc.org|${code}`).join(),
      _sort: '-date',
      _count: '200',
    },
    show: ({ list }) =>
      vitals
        .map((vital) => ({ vital, readings: readingsOf(vital, list) }))
        .filter(({ readings }) => readings.length > 0)
        .map(tile),
  },
  {
    id: 'labs',
    what: 'Lab results',
    type: 'Observation',
    category: 'laboratory',
    parameters: { category: `${observationCategory}|laboratory`, _sort: '-date', _count: '100' },
    show: ({ list }) => (list.length === 0 ? [] : [results(list)]),
  },
  {
    id: 'medicines',
    what: 'Medicines',
    type: 'MedicationRequest',
    parameters: { status: 'active', _sort: '-authoredon' },
    show: listOf((medicine) => ({
      name: medicine.medicationReference?.display ?? wordsOf(medicine.medicationCodeableConcept),
      note: medicine.dosageInstruction?.[0]?.text,
    })),
  },
  {
    id: 'allergies',
    what: 'Allergies',
    type: 'AllergyIntolerance',
    parameters: {},
    show: listOf((allergy) => ({
      name: wordsOf(allergy.code),
      note: allergy.reaction?.flatMap(({ manifestation }) => manifestation.map(wordsOf)).join(', '),
      badge: allergy.criticality === 'high' ? { words: 'High risk', tone: 'danger' } : undefined,
    })),
  },
  {
    id: 'conditions',
    what: 'Conditions',
    type: 'Condition',
    parameters: { 'clinical-status': 'active', _sort: '-onset-date' },
    show: listOf((condition) => ({
      name: wordsOf(condition.code),
      note: condition.onsetDateTime && `Since ${dayOf(condition.onsetDateTime)}`,
    })),
  },
  {
    id: 'vaccines',
    what: 'Vaccines',
    type: 'Immunization',
    parameters: { _sort: '-date', _count: String(LATEST) },
    show: listOf((dose) => ({ name: wordsOf(dose.vaccineCode), note: dayOf(dose.occurrenceDateTime) })),
  },
]
