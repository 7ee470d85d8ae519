import type { RefusalReason } from '../permit.ts'

/** What a what-if says step by step (fhir/explain). Another language is another object of this type. */
export type ExplainWords = typeof explainEn

/** Of what a refusal speaks. */
export type Refused = { type: string; letter: string; interaction: string }

export const explainEn = {
  request: (asked: string, interaction: string, what: string, letter: string) =>
    `${asked} is ${interaction} of ${what}, which needs the letter "${letter}".`,
  types: (count: number) => `${count} types`,
  client: (id: string, scope: string) => `Client ${id}, registered for: ${scope || 'nothing'}.`,
  noUser: 'No user.',
  noRoles: 'It names no roles, so its scopes alone count.',
  itsRoles: (roles: string) => `Its roles: ${roles}.`,
  who: (name: string, reach: string, roles: string) => `${name} reaches ${reach}; roles: ${roles || 'none'}.`,
  all: 'all records',
  none: 'no record',
  some: (records: string, more: number) => `the records of ${records}${more > 0 ? ` and ${more} more` : ''}`,
  holds: (scopes: string) => `A token would hold: ${scopes || 'nothing'}.`,
  notForServices: (scope: string) =>
    `The scope "${scope}" was left out: without a user only system/ scopes open data.`,
  notRegistered: (scope: string) =>
    `The scope "${scope}" was left out, or a part of it: it is not registered.`,
  noPatient: 'There is no patient in context, so patient/ scopes open nothing.',
  patient: (id: string) => `Patient/${id}: patient/ scopes open this record.`,
  patientBeyond: (id: string, reach: string) =>
    `Patient/${id} is not within the user's reach (${reach}): there is no such token.`,
  noneAllowed: 'None, so nothing is allowed.',
  allowsNothing: {
    plain: 'allows nothing of the records',
    unknown: 'nobody defines it',
    disabled: 'it is disabled',
  },
  /** As `ruleName` says it (policy.ts). */
  rule: (name: string) => name,
  otherApp: (apps: string) => `does not count with this app (it does with ${apps})`,
  notAbout: (types: string) => `is not about ${types}`,
  noLetter: (letters: string, letter: string, interaction: string) =>
    `has the letters "${letters}", without "${letter}" for ${interaction}`,
  noValue: (variables: string) => `opens nothing: ${variables || 'a variable'} has no value here`,
  counts: 'counts',
  where: (criteria: readonly string[]) => `where ${criteria.join(' and ')}`,
  hiding: (paths: string) => `hiding ${paths}`,
  changing: (paths: string) => `changing only ${paths}`,
  within: (scopes: string) => `within the scopes ${scopes || 'none'}`,
  by: (scope: string, rule: string | undefined) =>
    rule === undefined ? `By scope ${scope}` : `By scope ${scope}, ${rule}`,
  alone: (reference: string) => `${reference} alone`,
  onlyWhere: (criterion: string) => `only where ${criterion}`,
  without: (paths: string) => `without ${paths}`,
  nothing: 'Nothing.',
  /** Why nothing is open; by default as the decision says it. */
  refusal: (_reason: RefusalReason, sentence: string, _of: Refused) => sentence,
  parameter: {
    counts: (shown: string) => `${shown} counts.`,
    unknown: (shown: string) => `${shown} is unknown and left out.`,
    refused: (shown: string, why: string) => `${shown} is refused: ${why}`,
  },
  allowedWithin: 'Allowed, within limits.',
  allowedAll: 'Allowed, for everything of the type.',
  refused: (why: string | undefined) => `Refused: ${why ?? 'nothing opens it.'}`,
}
