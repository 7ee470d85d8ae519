import type Router from '@koa/router'
import { kindOf } from '../../../clients/client.ts'
import type { JwksCache } from '../../../clients/jwks-cache.ts'
import type { ClientOverview } from '../../../clients/overview.ts'
import type { OwnApps } from '../../../clients/own-apps.ts'
import type { Reminders } from '../../../clients/reminders.ts'
import type { Flights } from '../../../launches/flights.ts'
import { LanyardError } from '../../../lib/errors.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import type { Vocabulary } from '../../../smart/scope.ts'
import { developerPaths, ownAppPath } from '../paths.ts'
import { type ActDeps, ownActRoutes } from './act-routes.ts'
import { ownAppPage } from './app-page.ts'
import { developerDone } from './done.ts'
import { type DeveloperDoorDeps, developerDoor } from './door.ts'
import { ownFlightPage } from './flight-page.ts'
import { ownFormRoutes } from './form-routes.ts'
import { ownAppsPage } from './list-page.ts'
import { own } from './visited.ts'

/** Launches shown of an app. */
const FLIGHTS = 10

export type OwnAppDeps = DeveloperDoorDeps &
  ActDeps & {
    ownApps: OwnApps
    overview: Pick<ClientOverview, 'lastUse'>
    flights: Pick<Flights, 'list' | 'show'>
    failedAssertions: { last: (clientId: string) => Promise<unknown> }
    jwks: Pick<JwksCache, 'lastAttempt'>
    reminders: Pick<Reminders, 'ofOwner' | 'ofClient' | 'dismiss'>
    vocabulary: Vocabulary
    clock: () => number
  }

/** The apps of a developer: all of them, one of them, and its launches. */
export function ownAppRoutes(router: Router<RequestState>, deps: OwnAppDeps): void {
  const { ownApps, reminders, flights, clock } = deps
  const door = developerDoor(deps)
  router.get(
    developerPaths.apps,
    door.get(async (ctx, visitor) =>
      ownAppsPage(
        visitor,
        await ownApps.list(visitor.user.id),
        await reminders.ofOwner(visitor.user.id),
        clock(),
        developerDone.hear(ctx, visitor.words),
      ),
    ),
  )
  ownFormRoutes(router, door, deps)
  ownActRoutes(router, door, deps)

  router.get(
    '/developer/apps/:id',
    door.get(async (ctx, visitor) => {
      const client = await own(ctx, visitor, ownApps)
      const { id, metadata } = client
      const listed = await flights.list({ clients: [id], most: FLIGHTS })
      const shown = await Promise.all(listed.map((flight) => flights.show(flight.id)))
      const isService = kindOf(metadata) === 'service'
      return ownAppPage(visitor, {
        client: { ...client, used: await deps.overview.lastUse(id) },
        attempt: metadata.jwks_uri === undefined ? undefined : deps.jwks.lastAttempt(metadata.jwks_uri),
        vocabulary: deps.vocabulary,
        reminders: await reminders.ofClient(id),
        flights: shown.filter((one) => one !== undefined),
        hasFailed: (await deps.failedAssertions.last(id)) !== undefined,
        sandbox: isService ? undefined : await deps.sandbox?.people(),
        now: clock(),
        notice: developerDone.hear(ctx, visitor.words),
      })
    }),
  )

  router.get(
    '/developer/apps/:id/reminders',
    door.get(async (ctx) => ownAppPath(String(ctx.params.id))),
  )
  router.post(
    '/developer/apps/:id/reminders',
    door.post(async (ctx, visitor, { form }) => {
      const { id, metadata } = await own(ctx, visitor, ownApps)
      if (form.get('do') !== 'dismiss') return ownAppPath(id, 'keys')
      await reminders.dismiss(visitor.developer, id, String(ctx.query.credential ?? ''))
      developerDone.say(ctx, 'dismissed', metadata.client_name)
      return ownAppPath(id)
    }),
  )

  router.get(
    '/developer/apps/:id/flights/:flight',
    door.get(async (ctx, visitor) => {
      const client = await own(ctx, visitor, ownApps)
      const found = await flights.show(String(ctx.params.flight))
      if (found?.flight.clientId !== client.id)
        throw new LanyardError('not-found', 'There is no such launch of this app.')
      return ownFlightPage(visitor, client, found)
    }),
  )
}
