import { type Choice, type ConsentGroup, choicesOf, lettersWithin } from './consent-choices.ts'
import { aboutOf, type ConsentReader, categoriesOf, textOf } from './consent-text.ts'
import type { Consented } from './consent-ticks.ts'
import { formatScope, type ResourceScope, type Scope } from './scope.ts'
import type { CategoryCode } from './us-core.ts'
import type { Noun } from './words/kind.ts'

export type { ConsentGroup }

/** A row of the consent page. */
export type ConsentLine = {
  /** What the form's checkbox `scope` posts: the text of a scope. */
  value: string
  /** What it grants; the letters of its group only. */
  scopes: readonly Scope[]
  group: ConsentGroup
  title: string
  hint?: string
  /** Always included: no checkbox. */
  required: boolean
  /** How the box starts: as remembered, else ticked unless it is sensitive or very broad. */
  ticked: boolean
  sensitive: boolean
  /** For every kind of records. */
  wildcard: boolean
  /** What else to know at a glance: "Add only". */
  note?: string
  /** Says a number of entries: "12 results". */
  unit?: (count: number) => string
  /** Categories to narrow to. A line left unticked grants none of its parts. */
  parts: readonly ConsentLine[]
}

/**
 * What tells more than an app shows at first sight, and may be used against a person. Read access to it starts
 * unticked; the whole table.
 */
const sensitiveTypes = new Set([
  // Diagnoses, of the mind and of infections too.
  'Condition',
  'ClinicalImpression',
  'RiskAssessment',
  // About relatives, who are not asked.
  'FamilyMemberHistory',
  'MolecularSequence',
])
const sensitiveCategories: ReadonlySet<CategoryCode> = new Set(['social-history', 'sdoh'])

/**
 * The rows of the consent page: what is always included first, scopes for everything last, else in the order
 * asked, group by group. Context scopes and those for refresh tokens have no row.
 * @param facts.remembered what was decided before: rows start as it says
 */
export function consentLines(
  asked: readonly Scope[],
  facts: ConsentReader & { remembered?: Consented | undefined },
): ConsentLine[] {
  const choices = [...choicesOf(asked).values()]
  const unit = unitsOf(facts.words.lang)
  const isAlone = (choice: Choice) =>
    !choices.some(
      (other) => other !== choice && other.group === choice.group && other.scope.level === choice.scope.level,
    )
  const line = (choice: Choice, remembered: Consented | undefined, isPart: boolean): ConsentLine => {
    const { value, scope, group, required } = choice
    const { hint, noun, ...text } = textOf(choice, facts, isAlone(choice))
    const sensitive = group === 'see' && isSensitive(scope, isPart)
    const wildcard = scope.type === '*'
    // What was refused as a whole is offered anew with all its parts.
    const inPart = choice.parts.some((part) => holds(remembered?.granted, part))
    return {
      value,
      scopes: [scope],
      group,
      ...text,
      hint: choice.parts.length === 0 ? hint : `${hint} ${facts.words.narrow}`,
      required,
      ticked: required || inPart || startsTicked(scope, remembered, !sensitive && !wildcard),
      sensitive,
      wildcard,
      ...(group === 'see' && !required ? { unit: unit(noun) } : {}),
      parts: choice.parts.map((part) =>
        line(
          { value: formatScope(part), scope: part, group, required: false, parts: [] },
          inPart ? remembered : undefined,
          true,
        ),
      ),
    }
  }
  const lines = choices.map((choice) => line(choice, facts.remembered, false))
  return [...whoYouAre(asked, facts), ...lines.toSorted((a, b) => orderOf(a) - orderOf(b))]
}

function whoYouAre(asked: readonly Scope[], reader: ConsentReader): ConsentLine[] {
  const scopes = asked.filter(
    (scope) => scope.kind === 'identity' && ['openid', 'profile', 'fhirUser'].includes(scope.name),
  )
  const [first] = scopes
  if (first === undefined) return []
  const { title, hint } = reader.words.whoYouAre
  return [
    {
      value: formatScope(first),
      scopes,
      group: 'see',
      title,
      hint: hint(aboutOf('patient', reader)),
      required: true,
      ticked: true,
      sensitive: false,
      wildcard: false,
      parts: [],
    },
  ]
}

/** Of a sensitive type the row says it once; of another, the category does. */
function isSensitive(scope: ResourceScope, isPart: boolean): boolean {
  return (
    (!isPart && sensitiveTypes.has(scope.type)) ||
    categoriesOf(scope).some((code) => sensitiveCategories.has(code))
  )
}

function startsTicked(scope: ResourceScope, remembered: Consented | undefined, otherwise: boolean): boolean {
  if (holds(remembered?.granted, scope)) return true
  return otherwise && !holds(remembered?.refused, scope)
}

function holds(scopes: readonly Scope[] | undefined, scope: ResourceScope): boolean {
  return scopes !== undefined && lettersWithin(scopes, scope) === scope.letters
}

function orderOf({ group, required, wildcard }: ConsentLine): number {
  return ['see', 'change', 'delete'].indexOf(group) * 3 + (required ? 0 : wildcard ? 2 : 1)
}

function unitsOf(lang: string): (noun: Noun) => (count: number) => string {
  const rules = new Intl.PluralRules(lang)
  const numbers = new Intl.NumberFormat(lang)
  return (noun) => (count) =>
    `${numbers.format(count)} ${rules.select(count) === 'one' ? noun.one : noun.other}`
}
