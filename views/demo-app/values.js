// What FHIR writes, as a person reads it.

const day = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })
const DAYS_A_YEAR = 365.25
const DAY = 24 * 60 * 60 * 1000

/** `2014-03-14` or `2026-11-19T09:51:00-05:00` → "14 Mar 2014": the day where it happened. */
export function dayOf(date) {
  return /^\d{4}-\d{2}-\d{2}/.test(date ?? '') ? day.format(Date.parse(date.slice(0, 10))) : (date ?? '')
}

/** Milliseconds → "14:05:09". */
export function timeOf(milliseconds) {
  return clock.format(milliseconds)
}

/** In years, for small children in months. */
export function ageOf(birthDate, now = Date.now()) {
  const years = (now - Date.parse(birthDate)) / DAY / DAYS_A_YEAR
  return years < 2 ? `${Math.floor(years * 12)} months` : `${Math.floor(years)} years`
}

/** "Ana Sofia Lindqvist". */
export function nameOf({ name = [] }) {
  const one = name.find(({ use }) => use === 'official') ?? name[0] ?? {}
  return one.text ?? [...(one.prefix ?? []), ...(one.given ?? []), one.family].filter(Boolean).join(' ')
}

export function recordNumberOf({ identifier = [] }) {
  return identifier.find(({ type }) => type?.coding?.some(({ code }) => code === 'MR'))?.value
}

/** A CodeableConcept in words. */
export function wordsOf(concept) {
  return concept?.text ?? concept?.coding?.[0]?.display ?? concept?.coding?.[0]?.code ?? 'Unnamed'
}

export function codesOf(concept) {
  return (concept?.coding ?? []).map(({ code }) => code)
}

const units = { '/min': 'beats a minute', '10*3/uL': '× 10³/µL', '10*6/uL': '× 10⁶/µL' }

/** The unit of a Quantity: "mmHg", "beats a minute". */
export function unitOf({ unit = '' }) {
  return units[unit] ?? unit
}

/** The result of an Observation: "168 mg/dL", "Negative". */
export function resultOf({ valueQuantity, valueCodeableConcept, valueString }) {
  if (valueQuantity) return `${valueQuantity.value} ${unitOf(valueQuantity)}`
  return valueString ?? (valueCodeableConcept ? wordsOf(valueCodeableConcept) : 'No result')
}

/** "0.4 to 4.5", "below 200". */
export function rangeOf({ referenceRange: [range] = [] }) {
  const { low, high, text } = range ?? {}
  if (low && high) return `${low.value} to ${high.value}`
  if (low) return `at least ${low.value}`
  return high ? `below ${high.value}` : (text ?? '')
}

const flags = {
  HH: { words: 'Very high', tone: 'danger' },
  LL: { words: 'Very low', tone: 'danger' },
  H: { words: 'High', tone: 'warn' },
  L: { words: 'Low', tone: 'warn' },
  A: { words: 'Abnormal', tone: 'warn' },
  N: { words: 'Normal', tone: 'ok' },
}

/** How the laboratory flagged a result, if it did. */
export function flagOf({ interpretation: [first] = [] }) {
  return codesOf(first)
    .map((code) => flags[code])
    .find(Boolean)
}
