// What Glance asks for, and what it may then read.

const record = [
  'openid',
  'fhirUser',
  'offline_access',
  'patient/Patient.rs',
  'patient/Observation.rs',
  'patient/MedicationRequest.rs',
  'patient/AllergyIntolerance.rs',
  'patient/Condition.rs',
  'patient/Immunization.rs',
]

/** From a chart the patient and the visit are there already; otherwise somebody must choose the patient. */
export const asked = {
  ehr: ['launch', ...record, 'patient/Encounter.rs', 'user/Practitioner.rs'].join(' '),
  standalone: ['launch/patient', ...record].join(' '),
}

/** SMART App Launch 2.2: `patient/Observation.rs?category=…|laboratory`. */
const form = /^(?:patient|user)\/(?<type>[A-Za-z]+|\*)\.(?<letters>c?r?u?d?s?)(?:\?(?<query>.+))?$/

/**
 * True if the granted scopes let the app read (`r`) or search (`s`) a type of resource.
 * @param category the code of the category, where only some may have been shared
 */
export function opens(granted, letter, type, category) {
  return granted.split(' ').some((scope) => {
    const { type: of, letters = '', query } = form.exec(scope)?.groups ?? {}
    if ((of !== type && of !== '*') || !letters.includes(letter)) return false
    const only = new URLSearchParams(query).get('category')
    return only === null || category === undefined || only.endsWith(`|${category}`)
  })
}

/** The scopes that were asked for and not given, in whole or narrowed to a category. */
export function keptBack(wanted, granted) {
  const given = granted.split(' ').map((scope) => scope.split('?')[0])
  return wanted.split(' ').filter((scope) => !given.includes(scope))
}
