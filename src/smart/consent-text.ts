import type { Piece } from './consent-choices.ts'
import type { Criterion, ResourceScope } from './scope.ts'
import { type CategoryCode, usCoreCategories } from './us-core.ts'
import type { ConsentWords } from './words/en.ts'
import type { About, Kind, Noun, Said } from './words/kind.ts'

/** What the page says about a choice. */
export type ConsentText = { title: string; hint: string; note?: string; noun: Noun }

/** Who reads the page, and which app asks. */
export type ConsentReader = {
  words: ConsentWords
  /** The first name of the patient in context. */
  patient?: string
  /** Whether the reader is that patient. */
  self: boolean
  app: string
}

/** Kinds that belong to no patient, so that nobody speaks of those "of the patients you may see". */
const ofNobody = new Set([
  'Binary',
  'Group',
  'Location',
  'Medication',
  'Organization',
  'Person',
  'Practitioner',
  'PractitionerRole',
  'Schedule',
])

/**
 * A choice in plain words.
 * @param alone whether the page offers nothing else of this group and level
 */
export function textOf({ group, scope }: Piece, reader: ConsentReader, alone: boolean): ConsentText {
  const { words, app } = reader
  const data = scope.type === '*' ? everything(scope, words, alone) : entries(scope, reader)
  if (group === 'see') return data
  // A scope for every kind says so whatever it lets an app do.
  const doing = (hint: string) => (scope.type === '*' ? `${hint} ${data.hint}` : hint)
  if (group === 'delete') return { ...data, hint: doing(words.delete(app)) }
  if (scope.letters === 'cu') return { ...data, hint: doing(words.addAndChange(app)) }
  const { note, hint } = scope.letters === 'c' ? words.add : words.change
  if (scope.letters === 'c' && isVitalSigns(scope)) {
    const { title, hint } = words.addVitalSigns
    return { ...data, title: ofLevel(title, scope, words), hint, note }
  }
  return { ...data, hint: doing(hint(app)), note }
}

/** Whose records a scope is about, as its words need it. */
export function aboutOf(level: 'patient' | 'user', { self, patient }: ConsentReader): About {
  if (level === 'user') return { who: 'everyone' }
  if (self) return { who: 'self' }
  return patient === undefined ? { who: 'patient' } : { who: 'named', name: patient }
}

/** The categories that a granular scope names, if it names nothing but categories with words of their own. */
export function categoriesOf({ type, where }: ResourceScope): readonly CategoryCode[] {
  const [criterion, ...others] = where
  if (criterion?.name !== 'category' || others.length > 0) return []
  const ofType = usCoreCategories.filter((category) => category.type === type)
  const found = criterion.value
    .split(',')
    .map((value) => ofType.find(({ system, code }) => value === code || value === `${system}|${code}`)?.code)
  return found.every((code) => code !== undefined) ? found : []
}

function everything(scope: ResourceScope, words: ConsentWords, alone: boolean): ConsentText {
  const { patient, user, later, noun } = words.everything
  const { only, rest } = scope.level === 'user' ? user : patient
  return filtered({ title: alone ? only : rest, hint: later, noun }, scope.where, words)
}

function entries(scope: ResourceScope, reader: ConsentReader): ConsentText {
  const { words } = reader
  const about = aboutOf(scope.level === 'user' ? 'user' : 'patient', reader)
  const say = ({ title, hint, noun }: Kind): ConsentText => ({
    title: ofLevel(spoken(title, about), scope, words),
    hint: spoken(hint, about),
    noun,
  })
  const kind = say(kindOf(scope.type, words))
  const categories = categoriesOf(scope).map((code) => say(words.categories[code]))
  const [first, ...others] = categories
  if (first === undefined) return filtered(kind, scope.where, words)
  if (others.length === 0) return first
  return {
    ...kind,
    title: categories.map(({ title }) => title).join('; '),
    hint: categories.map(({ hint }) => hint).join(' '),
  }
}

/** A kind of records by its FHIR type, in plain words. */
export function kindOf(type: string, words: ConsentWords): Kind {
  const kinds: Readonly<Record<string, Kind>> = words.kinds
  const own = Object.hasOwn(kinds, type) ? kinds[type] : undefined
  return own ?? words.otherKind(inPlainLetters(type))
}

/** "AppointmentResponse" becomes "Appointment response". */
function inPlainLetters(type: string): string {
  return type.charAt(0) + type.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}

/** The reach of a `user/` scope, as there may be a line about one patient beside it. */
function ofLevel(title: string, { level, type }: ResourceScope, words: ConsentWords): string {
  if (level !== 'user') return title
  const ofPatients = Object.hasOwn(words.kinds, type) && !ofNobody.has(type)
  return ofPatients ? words.ofEveryone(title) : words.ofNobody(title)
}

/** Says what a filter without words of its own leaves over: the codes as they stand, without their systems. */
function filtered(text: ConsentText, where: readonly Criterion[], words: ConsentWords): ConsentText {
  if (where.length === 0) return text
  const filters = where.map(({ name, value }) => {
    const codes = value.split(',').map((one) => one.slice(one.lastIndexOf('|') + 1) || one)
    return `${name} ${codes.join(' / ')}`
  })
  return {
    ...text,
    title: words.inPart(text.title),
    hint: `${text.hint} ${words.matching(filters.join(', '))}`,
  }
}

function isVitalSigns(scope: ResourceScope): boolean {
  return categoriesOf(scope).join() === 'vital-signs'
}

function spoken(text: Said, about: About): string {
  return typeof text === 'string' ? text : text(about)
}
