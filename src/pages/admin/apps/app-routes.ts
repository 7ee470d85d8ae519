import type { Acts } from '../../../audit/acts.ts'
import type { Client } from '../../../clients/client.ts'
import type { ClientRegistry } from '../../../clients/registry.ts'
import { LanyardError } from '../../../lib/errors.ts'
import type { RequestContext } from '../../../observe/request-context.ts'
import type { Admin, Answer } from '../door.ts'
import type { NamedDeps } from '../named-act.ts'
import { named } from '../named-act.ts'
import { type AppPart, adminPaths } from '../paths.ts'
import { meanwhile, type Stale, stalePage } from '../stale-page.ts'
import { differencesOf } from './settings-page.ts'

export type AppDeps = Omit<NamedDeps, 'clients'> & {
  clients: Pick<ClientRegistry, 'find'>
  acts: Pick<Acts, 'since'>
}

/** The app that an address names. @throws LanyardError `not-found` */
export async function appIn(ctx: RequestContext, { clients }: Pick<AppDeps, 'clients'>): Promise<Client> {
  const client = await clients.find(String(ctx.params.id))
  if (client === undefined) throw new LanyardError('not-found', 'There is no such app.')
  return client
}

/** The way back to an app from a page about it. */
export function crumbsOf({ id, metadata }: Client, { words }: Admin) {
  return [
    { name: words.admin.apps.title, href: adminPaths.apps },
    { name: metadata.client_name, href: adminPaths.app(id) },
  ]
}

/** The version that a form was made from. */
export function versionIn(form: URLSearchParams): string {
  return form.get('version') ?? ''
}

/**
 * What a form was made from, to show the form again with what is wrong: still of the version that was seen, so that
 * whoever has mended it is told of what somebody else has changed.
 */
export function asSeen<Made extends { version: number }>(made: Made, form: URLSearchParams): Made {
  return { ...made, version: Number(versionIn(form)) }
}

export function isStale(error: unknown): boolean {
  return error instanceof LanyardError && error.reason === 'stale'
}

/** A form that was posted and comes too late. */
type Asked = { form: URLSearchParams; part: AppPart } & (
  | { /** The metadata that would have been saved. */ yours: Readonly<Record<string, unknown>> }
  | { differences: (now: Client) => Stale['differences'] }
)

/**
 * For whoever saves what somebody else has changed meanwhile: who it was, both states, and how to go on.
 */
export async function staleAnswer(
  ctx: RequestContext,
  admin: Admin,
  { form, part, ...asked }: Asked,
  deps: AppDeps,
): Promise<Answer> {
  const { words } = admin
  const client = await appIn(ctx, deps)
  const acts = await deps.acts.since(client.id, Number(versionIn(form)))
  const changes = await Promise.all(acts.map((act) => named(act, deps)))
  ctx.status = 409
  return stalePage(admin.frame, words, {
    part: 'apps',
    crumbs: crumbsOf(client, admin),
    changes: meanwhile(changes, words),
    differences:
      'yours' in asked ? differencesOf(client, asked.yours, words.admin.members) : asked.differences(client),
    action: adminPaths.app(client.id, part),
    csrf: admin.csrf,
    version: client.version,
    fields: [...form],
    keepHref: adminPaths.app(client.id, part),
  })
}
