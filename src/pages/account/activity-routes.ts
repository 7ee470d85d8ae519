import type Router from '@koa/router'
import { z } from 'zod'
import type { Activity } from '../../audit/activity.ts'
import type { LaunchGrants } from '../../launches/grants.ts'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import { consentWordsIn } from '../../smart/words/languages.ts'
import { reachOf, type User } from '../../users/user.ts'
import type { Page } from '../render.ts'
import { isSelf } from '../sign-in/people.ts'
import type { Words } from '../words/en.ts'
import { activityEvents, fewEnough } from './activity.ts'
import { activityPage } from './activity-page.ts'
import { connectionsOf } from './connections.ts'
import type { Door, Visitor } from './door.ts'
import { appIn, type GrantModelDeps } from './grant-model.ts'
import { accountPaths } from './paths.ts'

export type ActivityDeps = Pick<GrantModelDeps, 'clients' | 'lookup'> & {
  activity: Activity
  grants: Pick<LaunchGrants, 'ofUser'>
  users: { find: (id: string) => Promise<User | undefined> }
  clock: () => number
  send: (ctx: RequestContext, page: Page) => void
}

/** Rows of the audit on a page, which are fewer events. */
const ROWS = 500
/** Events on a page, where hardly any of them belong together. */
const EVENTS = 60

/** Whatever is no such thing is not asked for. */
const wanted = z.object({
  record: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,64}$/)
    .catch(''),
  app: z
    .string()
    .regex(/^[A-Za-z0-9._~-]{1,100}$/)
    .catch(''),
  before: z
    .string()
    .regex(/^\d{1,15}$/)
    .optional()
    .catch(undefined),
})

/** Which app read what, and when (AUD-09). */
export function activityRoutes(router: Router<RequestState>, { get }: Door, deps: ActivityDeps): void {
  const { activity, grants, clock, send } = deps
  router.get(
    accountPaths.activity,
    get('activity', async (ctx, visitor) => {
      const { user, words, account } = visitor
      const { record, app, before } = wanted.parse(ctx.query)
      const asked = { clientId: app || undefined, patient: record || undefined }
      const rows = await activity(
        { userId: user.id, ownPatient: ownPatientOf(user) },
        { ...asked, before: before === undefined ? undefined : Number(before) },
        ROWS + 1,
      )
      const shown = fewEnough(rows.slice(0, ROWS), EVENTS)
      const connections = connectionsOf(await grants.ofUser(user.id))
      const named = await namesIn([...shown, ...connections, asked], visitor, deps)
      const model = {
        ...account,
        events: activityEvents(shown, { words: consentWordsIn(words.lang), userId: user.id, ...named }),
        filter: { ...named.choices, record, app },
        older: rows.length > shown.length ? String(shown.at(-1)?.seq) : undefined,
        now: clock(),
      }
      send(ctx, activityPage(model, words))
      return undefined
    }),
  )
}

/** The record in which a user also sees what others did. */
function ownPatientOf({ fhirUser }: User): string | undefined {
  const [type, id] = fhirUser?.split('/') ?? []
  return type === 'Patient' ? id : undefined
}

type Ids = { clientId?: string | undefined; patient?: string | undefined; userId?: string | undefined }

/** Looks up everything that is named by an id, each once. */
async function namesIn(rows: readonly Ids[], { user, words }: Visitor, deps: ActivityDeps) {
  const [apps, patients, people] = await Promise.all([
    found(
      rows.map(({ clientId }) => clientId),
      (id) => appIn(id, deps),
    ),
    found(
      rows.map(({ patient }) => patient),
      (id) => deps.lookup.patient(reachOf(user), id),
    ),
    found(
      rows.map(({ userId }) => userId),
      deps.users.find,
    ),
  ])
  const choices = <Thing extends { name: string }>(things: ReadonlyMap<string, Thing>) =>
    [...things].map(([value, { name }]) => ({ value, label: name }))
  return {
    app: (id: string) => apps.get(id)?.name ?? wayIn(id, words) ?? id,
    patient(id: string) {
      const card = patients.get(id)
      return card && { name: card.name, given: card.given, self: isSelf(user, id) }
    },
    person: (id: string) => people.get(id)?.displayName,
    choices: { apps: choices(apps), records: choices(patients) },
  }
}

/** What stands in the place of an app where somebody called without one (oidc/ways-in/). */
function wayIn(id: string, { account: { activity } }: Words): string | undefined {
  if (id.startsWith('api-key:')) return activity.byKey
  return id === 'basic:' ? activity.byPassword : undefined
}

async function found<Thing>(
  ids: readonly (string | undefined)[],
  find: (id: string) => Promise<Thing | undefined>,
): Promise<ReadonlyMap<string, Thing>> {
  const distinct = [...new Set(ids)].filter((id) => id !== undefined)
  const pairs = await Promise.all(distinct.map(async (id) => [id, await find(id)] as const))
  return new Map(pairs.flatMap(([id, thing]) => (thing === undefined ? [] : [[id, thing] as const])))
}
