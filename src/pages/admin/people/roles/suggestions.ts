/** What records are made of, as far as rules speak of it (the FHIR definitions). */
export type RecordTypes = {
  resourceTypes: readonly string[]
  elements(type: string): readonly { name: string }[]
  searchParameters(type: string): readonly { code: string; type: string; targets: readonly string[] }[]
}

/** What a condition limits a rule to, by whom it refers to; the words of pages say it. */
export type Suggested = {
  value: string
  what: 'patient' | 'user' | 'location' | 'organization' | 'team' | 'value'
}

/** Elements that can be neither hidden nor limited (fhir/access/element-path.ts). */
const untouchable: ReadonlySet<string> = new Set(['id', 'meta', 'implicitRules', 'resourceType'])
const MOST = 40

/** Conditions that fit all of some types: by references first, then by codes such as `status=`. */
export function conditionsFor(types: readonly string[], records: RecordTypes): Suggested[] {
  if (types.includes('*'))
    return [
      { value: '_security=', what: 'value' },
      { value: '_tag=', what: 'value' },
    ]
  const ofEach = types.map((type) => conditionsOf(type, records))
  const [first = [], ...others] = ofEach
  return first
    .filter(({ value }) => others.every((list) => list.some((one) => one.value === value)))
    .slice(0, MOST)
}

function conditionsOf(type: string, records: RecordTypes): Suggested[] {
  const parameters = records.searchParameters(type)
  const to = (target: string, what: Suggested['what'], variable: string) =>
    parameters
      .filter(({ targets, code }) => targets.includes(target) && (code !== 'subject' || target === 'Patient'))
      .map(({ code }) => ({ value: `${code}=${variable}`, what }))
  const patient = parameters.some(({ code }) => code === 'patient')
    ? [{ value: 'patient=%patient', what: 'patient' as const }]
    : to('Patient', 'patient', '%patient')
  const self = type === 'Patient' ? [{ value: '_id=%patient', what: 'patient' as const }] : []
  const team =
    type === 'Patient'
      ? [{ value: '_has:CareTeam:patient:participant=%fhirUser', what: 'team' as const }]
      : []
  return [
    ...self,
    ...team,
    ...patient,
    ...to('Practitioner', 'user', '%fhirUser'),
    ...to('Location', 'location', '%user.location'),
    ...to('Organization', 'organization', '%user.organization'),
    ...parameters
      .filter((one) => one.type === 'token' && !one.code.startsWith('_'))
      .map(({ code }) => ({ value: `${code}=`, what: 'value' as const })),
  ]
}

/** The elements that some types have in common, for the paths of what is hidden or may be changed. */
export function elementsFor(types: readonly string[], records: RecordTypes): string[] {
  const [first, ...others] = types.includes('*') ? [] : types
  if (first === undefined) return []
  const named = (type: string) => records.elements(type).map(({ name }) => name)
  return named(first).filter(
    (name) => !untouchable.has(name) && others.every((type) => named(type).includes(name)),
  )
}
