import { LanyardError } from '../../lib/errors.ts'
import { hasControlCharacters } from '../../lib/form.ts'
import { forbidden } from '../access/refusal.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { dateRange } from '../extract/date-range.ts'
import { exportedTypes } from './exported-types.ts'
import type { ExportLevel, ExportRequest } from './request.ts'

/** What a kick-off says, from its address or its Parameters; names and values in their order. */
export type KickOff = {
  level: ExportLevel
  pairs: readonly (readonly [string, string])[]
  /** Whether it came as a body, in which alone patients can be named. */
  byPost: boolean
  /** `Prefer: handling=lenient`: what cannot be honoured is left out and told in the manifest (BULK-05). */
  lenient: boolean
}
type Context = {
  definitions: Definitions
  /** Whether the token opens resources of a type to exports. */
  opens(type: string): boolean
}

/** Values of all parameters together; more is no sensible request. */
const MOST = 20_000
/** Searches of `_typeFilter`: each is planned by itself, and all of a type are one statement. */
const MOST_FILTERS = 100
const formats: ReadonlySet<string> = new Set([
  'application/fhir+ndjson',
  'application/fhir ndjson',
  'application/ndjson',
  'ndjson',
])
const known: ReadonlySet<string> = new Set([
  '_outputFormat',
  '_type',
  '_since',
  '_until',
  '_typeFilter',
  '_elements',
  'includeAssociatedData',
])
/** Of every FHIR request, and of no meaning here. */
const ofTheDoor: ReadonlySet<string> = new Set(['_format', '_pretty'])

/**
 * Reads a kick-off, looking at no data.
 * @throws LanyardError `invalid-request` for what cannot be honoured (BULK-07), `forbidden` for a type that the token
 *   does not open (BULK-15)
 */
export function readRequest({ level, pairs, byPost, lenient }: KickOff, context: Context): ExportRequest {
  if (pairs.length > MOST) throw refused('too-costly', `An export takes at most ${MOST} values.`)
  const notes: string[] = []
  const leaveOut = (error: LanyardError): void => {
    if (!lenient) throw error
    notes.push(error.message)
  }
  const values = (name: string): string[] => pairs.flatMap(([own, value]) => (own === name ? [value] : []))
  for (const name of new Set(pairs.map(([own]) => own))) {
    if (known.has(name) || ofTheDoor.has(name) || (byPost && name === 'patient')) continue
    leaveOut(refused('not-supported', `The parameter "${clean(name)}" is not supported by this export.`))
  }
  for (const value of pairs.map(([, value]) => value))
    if (hasControlCharacters(value)) throw refused('invalid', 'A parameter holds a control character.')
  for (const format of values('_outputFormat')) {
    if (!formats.has(format))
      throw refused('not-supported', 'Exports are written as application/fhir+ndjson only.')
  }
  const asked = listed(values('_type'))
  const associated = associatedData(listed(values('includeAssociatedData')), leaveOut)
  const types = chosenTypes(asked, level, context, leaveOut)
  const adds = associated && !types.includes('Provenance')
  if (adds) {
    if (context.opens('Provenance')) types.push('Provenance')
    else leaveOut(notOpened('Provenance'))
  }
  return {
    level,
    types,
    since: instantOf('_since', values('_since')),
    until: instantOf('_until', values('_until')),
    filters: filtersOf(values('_typeFilter'), types, leaveOut),
    elements: elementsOf(listed(values('_elements')), context.definitions),
    patients: byPost ? patientsOf(level, values('patient')) : undefined,
    provenanceOf: adds ? types.filter((type) => type !== 'Provenance') : undefined,
    notes,
  }
}

/** Comma lists and repeats are the same (BULK-05). */
function listed(values: readonly string[]): string[] {
  const items = values.flatMap((value) => value.split(',')).map((item) => item.trim())
  return [...new Set(items.filter((item) => item !== ''))]
}

/** Without `_type`, everything that the token opens at this level. */
function chosenTypes(
  asked: readonly string[],
  level: ExportLevel,
  { definitions, opens }: Context,
  leaveOut: (error: LanyardError) => void,
): string[] {
  const possible = exportedTypes(level, definitions)
  if (asked.length === 0) {
    const open = possible.filter(opens)
    if (open.length > 0) return open
    throw forbidden(
      'export-not-granted',
      'An export needs system/ scopes with "r" and "s", such as system/Patient.rs; this token has none for it.',
    )
  }
  const chosen = asked.filter((type) => {
    const isRight = possible.includes(type)
    if (isRight && opens(type)) return true
    leaveOut(isRight ? notOpened(type) : notExported(type, definitions))
    return false
  })
  if (chosen.length > 0) return chosen.toSorted()
  throw refused('invalid', 'Nothing is left to export: none of the types in _type can be.')
}

function notOpened(type: string): LanyardError {
  return forbidden(
    'export-not-granted',
    `This token does not open ${type} to exports; a scope such as system/${type}.rs would.`,
  )
}

function notExported(type: string, definitions: Definitions): LanyardError {
  return definitions.isResourceType(type)
    ? refused('not-supported', `${type} is not exported at this level.`)
    : refused('invalid', `"${clean(type)}" is no resource type of FHIR R4.`)
}

/** Of the sets that the specification names, one is known here; those of others begin with an underscore. */
function associatedData(names: readonly string[], leaveOut: (error: LanyardError) => void): boolean {
  for (const name of names) {
    if (name !== 'RelevantProvenanceResources')
      leaveOut(
        refused(
          'not-supported',
          `includeAssociatedData takes RelevantProvenanceResources, not "${clean(name)}".`,
        ),
      )
  }
  return names.includes('RelevantProvenanceResources')
}

const instantForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

function instantOf(name: string, [text, second]: readonly string[]): number | undefined {
  if (text === undefined || text === '') return undefined
  // A plus sign in a query is a space.
  const written = text.replace(/ (?=\d\d:\d\d$)/, '+')
  const range = instantForm.test(written) ? dateRange(written) : undefined
  if (range !== undefined && second === undefined) return range.lo
  throw refused('value', `"${name}" is one instant with its time zone, such as 2026-01-31T00:00:00Z.`)
}

/** `Type?query`, repeated; commas between them, as in earlier versions, do the same. */
function filtersOf(
  values: readonly string[],
  types: readonly string[],
  leaveOut: (error: LanyardError) => void,
): ExportRequest['filters'] {
  const searches = values.flatMap((value) => value.split(/,(?=[A-Z][A-Za-z]*\?)/))
  if (searches.length > MOST_FILTERS)
    throw refused('too-costly', `An export takes at most ${MOST_FILTERS} searches of _typeFilter.`)
  return searches.flatMap((text) => {
    const [, type = '', query = ''] = /^([A-Za-z]+)\?(.+)$/s.exec(text) ?? []
    if (type === '') throw refused('value', '_typeFilter takes searches such as Observation?status=final.')
    if (types.includes(type)) return [{ type, query }]
    leaveOut(refused('invalid', `_typeFilter is about ${clean(type)}, which is not exported.`))
    return []
  })
}

/** `Patient.name` for one type, `id` for all; elements of elements cannot be chosen. */
function elementsOf(names: readonly string[], definitions: Definitions): ExportRequest['elements'] {
  return names.map((text) => {
    const [, type, name] = /^(?:([A-Z][A-Za-z]*)\.)?([a-z][A-Za-z0-9]*)(?:\[x\])?$/.exec(text) ?? []
    if (name === undefined || (type !== undefined && !definitions.isResourceType(type)))
      throw refused('value', '_elements takes elements such as Patient.name or status, joined by commas.')
    return { type, name }
  })
}

function patientsOf(level: ExportLevel, references: readonly string[]): string[] | undefined {
  if (references.length === 0) return undefined
  if (level.of === 'system')
    throw refused('invalid', 'The parameter "patient" needs an export of Patient or Group.')
  const ids = references.map((reference) => /^Patient\/([A-Za-z0-9.-]{1,64})$/.exec(reference)?.[1])
  const right = ids.filter((id) => id !== undefined)
  if (right.length < ids.length)
    throw refused('value', 'The parameter "patient" takes references such as Patient/123.')
  return [...new Set(right)]
}

function clean(text: string): string {
  return text.replace(/[^\w$.:/?=-]/g, '').slice(0, 60)
}

function refused(word: string, sentence: string): LanyardError {
  return new LanyardError('invalid-request', sentence, { word, reason: 'export-refused' })
}
