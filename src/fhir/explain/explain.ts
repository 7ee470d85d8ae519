import { LanyardError } from '../../lib/errors.ts'
import { type Interaction, letterOf } from '../../smart/letters.ts'
import type { Authority, Range, UserReach } from '../../smart/permit.ts'
import type { ExplainWords } from '../../smart/words/explain-en.ts'
import { type Access, mint } from '../access/access.ts'
import type { SharedResources } from '../access/shared.ts'
import type { Definitions } from '../definitions/definitions.ts'
import { routeOf, type SingleRoute } from '../http/route.ts'
import { dataStep } from './data.ts'
import type { ExplainDeps } from './deps.ts'
import { type ExplainedClient, patientStep, scopesStep } from './granting.ts'
import { parametersStep } from './parameters.ts'
import { type ExplainedRole, rolesStep } from './roles.ts'
import { type Explanation, inWords, type Step } from './step.ts'

export type { ExplainedClient } from './granting.ts'
export type { Explanation, Step } from './step.ts'

/** Who asks for what: as if there were a token. Nothing is issued, and nothing is changed. */
export type Asked = {
  /** A person with their roles; a service has none, and its own roles stand with the client. */
  user: { name: string; reach: UserReach; roles: readonly ExplainedRole[] } | undefined
  client: ExplainedClient | undefined
  clientRoles: readonly ExplainedRole[]
  scope: string
  /** A bare id. */
  patient: string | undefined
  method: string
  /** Behind the FHIR base, e.g. `/Observation?category=laboratory`. */
  url: string
}

/**
 * Why somebody may do something or not, step by step: what the app, the scopes, the roles and their rules leave over.
 * The decision is that of a request, by the same functions.
 * @throws LanyardError `not-found`, `method-not-allowed`, `invalid-request` for what is no request, or none of one type
 */
export async function explain(asked: Asked, deps: ExplainDeps): Promise<Explanation> {
  const { words } = deps
  const { route, interaction, types, pairs, step: request } = requestOf(asked, deps.definitions, words)
  const user = asked.user?.reach
  const { granted, step: scopes } = scopesStep(asked.scope, asked.client, user, deps)
  const authority: Authority = {
    scopes: granted,
    patient: asked.patient,
    user,
    policy: user === undefined ? asked.client?.policy : undefined,
  }
  const context = patientStep(authority, words)
  const access = accessFor(asked, authority, deps.shared)
  const roles = user === undefined ? asked.clientRoles : (asked.user?.roles ?? [])
  const isLimited = user !== undefined || asked.client?.policy !== undefined
  const steps: Step[] = [
    request,
    ...whoStep(asked, words),
    scopes,
    ...(context === undefined ? [] : [context]),
    ...(isLimited
      ? [rolesStep(roles, authority, { interaction, types, clientId: asked.client?.id, words })]
      : []),
    rangesStep(access, interaction, types, words),
  ]
  const refusedBefore = context?.outcome === 'refused' && asked.patient !== undefined
  const opened = types.some((type) => access.decide(interaction, type).allowed) && !refusedBefore
  if (opened) {
    const parameters = parametersStep(route, pairs, access, deps)
    if (parameters !== undefined) steps.push(parameters)
    if (parameters?.outcome !== 'refused' && deps.store !== undefined)
      steps.push(await dataStep(route, pairs, access, deps.store, deps))
  }
  return { ...concluded(steps, opened, words), steps }
}

function requestOf({ method, url }: Asked, definitions: Definitions, words: ExplainWords) {
  const at = new URL(url.replace(/^\/?(?:fhir\/)?/, '/'), 'http://server.invalid')
  const found = routeOf(method.toUpperCase(), decodeURIComponent(at.pathname), definitions)
  if (found.interaction === 'bundle' || found.interaction === 'operation')
    throw new LanyardError(
      'invalid-request',
      'Explain one entry of a Bundle, or the search and reads that an operation does: each is judged by itself.',
    )
  const route: SingleRoute = found
  const types =
    route.interaction === 'search-type'
      ? route.target.types
      : [('type' in route ? route.type : route.of.type) ?? '']
  const interaction: Interaction = route.interaction
  if (types[0] === '' || types[0] === undefined)
    throw new LanyardError(
      'invalid-request',
      'Name a resource type: what is about all types is about each of them.',
    )
  const pairs = [...at.searchParams]
  const what = types.length === 1 ? types[0] : words.types(types.length)
  const step: Step = {
    name: 'request',
    title: 'Request',
    outcome: 'ok',
    lines: [words.request(`${method.toUpperCase()} ${url}`, interaction, what, letterOf[interaction])],
  }
  return { route, interaction, types, pairs, step }
}

function whoStep({ user, client, clientRoles }: Asked, words: ExplainWords): Step[] {
  const app = client === undefined ? [] : [words.client(client.id, client.scope)]
  if (user === undefined) {
    const roles = clientRoles.map(({ name }) => name).join(', ')
    const of = client?.policy === undefined ? words.noRoles : words.itsRoles(roles)
    return [
      {
        name: 'user',
        title: 'Who',
        outcome: 'ok',
        lines: [words.noUser, ...app, ...(app.length > 0 ? [of] : [])],
      },
    ]
  }
  const { fhirUser, patients, attributes } = user.reach
  const facts = Object.entries(attributes).map(
    ([name, value]) => `%user.${name} = ${[value].flat().join(', ')}`,
  )
  const lines = [
    words.who(user.name, inWords(patients, words), user.roles.map(({ name }) => name).join(', ')),
    ...(fhirUser === undefined ? [] : [`%fhirUser = ${fhirUser}`]),
    ...facts,
    ...app,
  ]
  const seesNothing = patients !== 'all' && patients.length === 0
  return [{ name: 'user', title: 'Who', outcome: seesNothing ? 'narrowed' : 'ok', lines }]
}

function accessFor({ client, user }: Asked, authority: Authority, shared: SharedResources): Access {
  const sub = user === undefined ? 'client:explained' : 'explained'
  const claims = { client_id: client?.id ?? 'explained', sub, jti: 'explained', gid: 'explained' }
  return mint({ claims, authority }, shared)
}

function rangesStep(
  access: Access,
  interaction: Interaction,
  types: readonly string[],
  words: ExplainWords,
): Step {
  const base = { name: 'ranges', title: 'What is open' } as const
  const decisions = types.map((type) => [type, access.decide(interaction, type)] as const)
  const open = decisions.flatMap(([type, one]) =>
    one.allowed ? one.ranges.map((range) => ({ type, range })) : [],
  )
  if (open.length === 0) {
    const [first] = decisions
    if (first === undefined || first[1].allowed)
      return { ...base, outcome: 'refused', lines: [words.nothing] }
    const [type, { reason, sentence }] = first
    const of = { type, letter: letterOf[interaction], interaction }
    return { ...base, outcome: 'refused', lines: [words.refusal(reason, sentence, of)] }
  }
  const several = types.length > 1
  const lines = open
    .slice(0, 50)
    .map(({ type, range }) => `${several ? `${type}: ` : ''}${rangeInWords(range, words)}`)
  const isAll = open.every(
    ({ range }) => range.patients === 'all' && range.where.length === 0 && range.hidden.length === 0,
  )
  return { ...base, outcome: isAll ? 'ok' : 'narrowed', lines }
}

function rangeInWords(
  { scope, rule, patients, only, where, hidden, writable }: Range,
  words: ExplainWords,
): string {
  const parts = [
    only === undefined ? inWords(patients, words) : words.alone(only),
    ...where.map(({ name, value }) => words.onlyWhere(`${name}=${value}`)),
    ...(hidden.length === 0 ? [] : [words.without(hidden.join(', '))]),
    ...(writable === undefined ? [] : [words.changing(writable.join(', '))]),
  ]
  return `${words.by(scope, rule && words.rule(rule))}: ${parts.join('; ')}.`
}

function concluded(
  steps: readonly Step[],
  opened: boolean,
  words: ExplainWords,
): Pick<Explanation, 'allowed' | 'sentence'> {
  const refused = steps.find(
    ({ name, outcome }) => outcome === 'refused' && (name === 'parameters' || name === 'data'),
  )
  if (opened && refused === undefined) {
    const narrowed = steps.some(({ name, outcome }) => name === 'ranges' && outcome === 'narrowed')
    return { allowed: true, sentence: narrowed ? words.allowedWithin : words.allowedAll }
  }
  const why =
    refused ??
    steps.find(({ name, outcome }) => outcome === 'refused' && name === 'patient') ??
    steps.find(({ name, outcome }) => outcome === 'refused' && name === 'ranges') ??
    steps.find(({ outcome }) => outcome === 'refused')
  return { allowed: false, sentence: words.refused(why?.lines.at(-1)) }
}
