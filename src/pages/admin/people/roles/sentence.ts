import { kindOf } from '../../../../smart/consent-text.ts'
import { type Letter, letters } from '../../../../smart/letters.ts'
import { criteriaIn } from '../../../../smart/policy.ts'
import type { Criterion } from '../../../../smart/scope.ts'
import { consentWordsIn } from '../../../../smart/words/languages.ts'
import type { Words } from '../../../words/en.ts'
import type { RuleDraft } from './draft.ts'

/** Kinds named in one sentence. */
const SHOWN = 6

type Limits = Pick<RuleDraft, 'where' | 'hide' | 'writable'>

/** A rule for people: who has the role may do what with which records, without what. */
export function ruleSentence({ types, letters: may, ...limits }: RuleDraft, words: Words): string {
  const said = words.admin.roles.sentence
  if (types.length === 0 || may === '') return `${said.nothing}.`
  const { where, hide, writable } = limits
  return [
    said.may(verbsOf(may, words), kindsOf(types, words)),
    where.length === 0 ? '' : said.where(conditionsOf(where, words)),
    hide.length === 0 ? '' : said.hide(listOf(hide, words)),
    writable.length === 0 || !may.includes('u') ? '' : said.writable(listOf(writable, words)),
    '.',
  ].join('')
}

/** The limits of a rule alone, as a list; empty where there are none. */
export function limitsOf({ where, hide, writable }: Limits, words: Words): string[] {
  const said = words.admin.roles.sentence
  return [
    ...(where.length === 0 ? [] : [said.limitWhere(conditionsOf(where, words))]),
    ...(hide.length === 0 ? [] : [said.limitHide(listOf(hide, words))]),
    ...(writable.length === 0 ? [] : [said.limitWritable(listOf(writable, words))]),
  ]
}

export function verbsOf(may: string, words: Words): string {
  const { verbs } = words.admin.roles.sentence
  return listOf(
    letters.filter((letter) => may.includes(letter)).map((letter: Letter) => verbs[letter]),
    words,
  )
}

/** @param types with other types beside it, `*` is all the rest */
export function kindsOf(types: readonly string[], words: Words): string {
  const { everything, others, more } = words.admin.roles.sentence
  const consent = consentWordsIn(words.lang)
  const names = types.map((type) => {
    if (type === '*') return types.length === 1 ? everything : others
    const { title } = kindOf(type, consent)
    return begun(typeof title === 'string' ? title : title({ who: 'everyone' }))
  })
  const shown = names.slice(0, SHOWN)
  return listOf(names.length > SHOWN ? [...shown, more(names.length - SHOWN)] : shown, words)
}

export function listOf(texts: readonly string[], { locale }: Words): string {
  return new Intl.ListFormat(locale, { type: 'conjunction' }).format(texts)
}

function conditionsOf(where: readonly string[], words: Words): string {
  return listOf(
    where.flatMap(criteriaIn).map((criterion) => conditionOf(criterion, words)),
    words,
  )
}

/** `location=%user.location` becomes "location is the user's location". */
function conditionOf({ name, value }: Criterion, words: Words): string {
  const said = words.admin.roles.sentence
  const [, type, reference, rest] = /^_has:(\w+):([\w-]+):(.+)$/s.exec(name) ?? []
  if (type !== undefined && reference !== undefined && rest !== undefined)
    return said.has(type, reference, conditionOf({ name: rest, value }, words))
  const values = value
    .split(',')
    .map((part) => valueInWords(part, words))
    .join(said.or)
  // Without a name it is none, which the form says beside it.
  if (name === '') return values
  const [, of] = /^(.+):not$/.exec(name) ?? []
  return of === undefined ? said.is(name, values) : said.isNot(of, values)
}

function valueInWords(part: string, words: Words): string {
  const said = words.admin.roles.sentence
  const [, system = '', variable = '', attribute] =
    /^(.*\|)?%(fhirUser|patient|user\.([\w-]+))$/s.exec(part) ?? []
  if (variable === '') return part
  const who =
    attribute !== undefined ? said.attribute(attribute) : variable === 'patient' ? said.patient : said.user
  return `${system}${who}`
}

/** In the middle of a sentence; an abbreviation keeps its capitals. */
function begun(text: string): string {
  return /^\p{Lu}\p{Lu}/u.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1)
}
