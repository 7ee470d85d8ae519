import type { Client } from '../../clients/registry.ts'
import type { Consents } from '../../launches/consents.ts'
import {
  type Duration as DurationName,
  durations,
  lifetimes,
  longestFor,
  shorterOf,
} from '../../launches/durations.ts'
import type { Deciding } from '../../launches/sign-in-step.ts'
import { consentLines } from '../../smart/consent-lines.ts'
import { type Consented, grantedBefore, grantedByTicks, needsConsent } from '../../smart/consent-ticks.ts'
import type { UserReach } from '../../smart/permit.ts'
import { parseScopes, type Scope, type Vocabulary } from '../../smart/scope.ts'
import { narrow } from '../../smart/scope-algebra.ts'
import type { ConsentWords } from '../../smart/words/en.ts'
import { reachOf } from '../../users/user.ts'
import type { CountedLine } from '../permissions.ts'
import { consentClient } from './apps.ts'
import type { ConsentModel, Duration } from './consent-page.ts'
import { cardOf, type FoundPatient, isSelf } from './people.ts'
import type { ConsentScene } from './scene.ts'

/** What the consent page asks of the registers and of the FHIR data. */
export type DecidingDeps = {
  consents: Pick<Consents, 'find'>
  lookup: {
    patient(who: UserReach, id: string): Promise<FoundPatient | undefined>
    relation(who: UserReach, patient: string): Promise<string | undefined>
    count(
      lines: readonly (readonly Scope[])[],
      facts: { patient: string | undefined; user: UserReach },
    ): Promise<(number | undefined)[]>
  }
  vocabulary: Vocabulary
  clock: () => number
}

/** What is asked about: everything, or only what nobody has decided yet. */
type Open = { scopes: readonly Scope[]; before: Consented | undefined }

async function openIn({ step, client, user }: ConsentScene, deps: DecidingDeps): Promise<Open> {
  const { context, asked } = step
  const of = { userId: user.id, clientId: client.id, patient: context.patient }
  const found = await deps.consents.find(of)
  if (found === undefined) return { scopes: asked, before: undefined }
  const before = {
    granted: parseScopes(found.granted, deps.vocabulary).scopes,
    refused: parseScopes(found.refused, deps.vocabulary).scopes,
  }
  const fresh = needsConsent(asked, before)
  return { scopes: step.everything || fresh.length === 0 ? asked : fresh, before }
}

/** The consent page for a step (AUTHZ-13…16). */
export async function consentModel(
  scene: ConsentScene,
  words: ConsentWords,
  deps: DecidingDeps,
): Promise<Omit<ConsentModel, 'action' | 'csrf'>> {
  const { step, client, user } = scene
  const { context, asked } = step
  const who = reachOf(user, client.id)
  const open = await openIn(scene, deps)
  const card = context.patient === undefined ? undefined : await deps.lookup.patient(who, context.patient)
  const self = card !== undefined && isSelf(user, card.id)
  const lines = consentLines(open.scopes, {
    words,
    app: client.metadata.client_name,
    self,
    ...(card === undefined ? {} : { patient: card.given ?? card.name }),
    ...(open.before === undefined ? {} : { remembered: open.before }),
  })
  const now = deps.clock()
  return {
    client: consentClient(client, step.redirectUri),
    user: {
      name: user.displayName,
      relation: self ? 'self' : card && (await deps.lookup.relation(who, card.id)),
    },
    patient: card && cardOf(card),
    lines: await counted(lines, { patient: context.patient, user: who }, deps),
    offline: offlineOf(open),
    durations: durationsFor(client, now),
    onlyNew: open.scopes !== asked,
    scopes: step.text,
    notGranted: step.notGranted,
    now,
  }
}

/** What the form of the consent page decided. */
export async function decisionOf(
  scene: ConsentScene,
  form: URLSearchParams,
  deps: DecidingDeps,
): Promise<Deciding> {
  const { asked } = scene.step
  const open = await openIn(scene, deps)
  const ticked = grantedByTicks(open.scopes, {
    scopes: form.getAll('scope'),
    partsShown: form.getAll('parts'),
    offline: form.get('offline') !== null,
  })
  const duration = durationIn(form, scene.client)
  // Asked about everything, the person decides anew.
  if (open.before === undefined || open.scopes === asked)
    return { granted: ticked.granted, remembered: ticked, duration }
  const old = grantedBefore(asked, open.before)
  return {
    granted: narrow(asked, [...old, ...ticked.granted]).granted,
    remembered: {
      granted: [...open.before.granted, ...ticked.granted],
      refused: [...open.before.refused, ...ticked.refused],
    },
    duration,
  }
}

function offlineOf({ scopes, before }: Open): ConsentModel['offline'] {
  const isOffline = (scope: Scope) => scope.kind === 'identity' && scope.name === 'offline_access'
  if (!scopes.some(isOffline)) return undefined
  return { ticked: !(before?.refused ?? []).some(isOffline) }
}

const spans = {
  hour: { count: 1, unit: 'hour' },
  months: { count: 3, unit: 'month' },
  year: { count: 1, unit: 'year' },
} as const satisfies Record<DurationName, Pick<Duration, 'count' | 'unit'>>

/** What an app can be allowed, shortest first. */
function offeredTo({ metadata }: Client): DurationName[] {
  return durations.slice(0, durations.indexOf(longestFor(metadata)) + 1)
}

/** The usual one is chosen, or the longest if that is shorter. */
function durationsFor(client: Client, now: number): Duration[] {
  const { metadata } = client
  const usual = shorterOf('months', longestFor(metadata))
  return offeredTo(client).map((value) => ({
    value,
    ...spans[value],
    until: now + lifetimes[value],
    checked: value === usual,
    longest: value === 'months' && metadata.verified !== true,
  }))
}

/** Without a choice, the usual one; whoever sends what was not offered is given the shortest. */
function durationIn(form: URLSearchParams, client: Client): DurationName {
  const chosen = form.get('duration') ?? shorterOf('months', longestFor(client.metadata))
  return offeredTo(client).find((one) => one === chosen) ?? 'hour'
}

/** The lines with how many records each of them is about. */
export async function counted(
  lines: readonly CountedLine[],
  facts: { patient: string | undefined; user: UserReach },
  { lookup }: { lookup: Pick<DecidingDeps['lookup'], 'count'> },
): Promise<CountedLine[]> {
  // What is always included is not counted: it is one thing.
  const all = lines.flatMap((line) => [line, ...line.parts]).filter(({ required }) => !required)
  const counts = await lookup.count(
    all.map(({ scopes }) => scopes),
    facts,
  )
  const countOf = new Map(all.map((line, index) => [line, counts[index]]))
  const withCount = (line: CountedLine): CountedLine => ({
    ...line,
    count: countOf.get(line),
    parts: line.parts.map(withCount),
  })
  return lines.map(withCount)
}
