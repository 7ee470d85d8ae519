import type Router from '@koa/router'
import type { JwksCache } from '../../../clients/jwks-cache.ts'
import type { Reminders } from '../../../clients/reminders.ts'
import type { Problem } from '../../../lib/errors.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import { confirmPage } from '../confirm-page.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { problemsOf } from '../mistakes.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { type AppDeps, appIn, asSeen, crumbsOf, isStale, staleAnswer, versionIn } from './app-routes.ts'
import { credentialsPage } from './credentials-page.ts'
import { keySources, type Looked, look, postedKeyFields, withKeys } from './key-source.ts'
import { secretPage } from './secret-page.ts'

export type CredentialsDeps = AppDeps & {
  operations: Pick<AdminOperations, 'apps'>
  jwks: Pick<JwksCache, 'lastAttempt'>
  reminders: Pick<Reminders, 'ofClient'>
  clock: () => number
}

/** The credentials of an app: looked at, changed, fetched; and a new secret. */
export function credentialsRoutes(
  router: Router<RequestState>,
  { get, ask, post }: AdminDoor,
  deps: CredentialsDeps,
): void {
  const { operations, jwks, clock } = deps
  const { apps } = operations
  const attemptOf = (url: string | undefined) => (url === undefined ? undefined : jwks.lastAttempt(url))

  router.get(
    '/admin/apps/:id/credentials',
    get(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      const attempt = attemptOf(client.metadata.jwks_uri)
      const reminders = await deps.reminders.ofClient(client.id)
      const done = adminDone.hear(ctx, admin.words)
      const from = keySources.find((source) => source === ctx.query.from)
      return credentialsPage({ client, admin, attempt, from, reminders, now: clock(), done })
    }),
  )

  router.post(
    '/admin/apps/:id/credentials',
    post(async (ctx, admin, sent) => {
      const client = await appIn(ctx, deps)
      const { form } = sent
      const fields = postedKeyFields(sent)
      const looked = look(fields)
      const reason = form.get('reason') ?? ''
      const reminders = await deps.reminders.ofClient(client.id)
      const again = (problems: readonly Problem[]) => {
        if (problems.length > 0) ctx.status = 400
        const attempt = attemptOf(client.metadata.jwks_uri)
        return credentialsPage({
          client: asSeen(client, form),
          admin,
          attempt,
          reminders,
          now: clock(),
          posted: { fields, looked, reason, problems },
        })
      }
      const unread = unreadable(looked, admin.words.admin.credentials.found.unreadable)
      if (unread.length > 0 || form.get('do') === 'check') return again(unread)
      const metadata = withKeys(client.metadata, fields)
      const edit = { client_id: client.id, version: versionIn(form), reason, metadata }
      try {
        const { client_secret: secret } = await perform(apps.update, edit, admin.actor)
        if (secret !== undefined)
          return secretPage(admin, { id: client.id, name: client.metadata.client_name, secret })
      } catch (error) {
        if (isStale(error)) {
          // The keys as text: a file that was sent once is not sent again.
          const { from, jwks_uri, jwks, x509 } = fields
          const again = new URLSearchParams({ do: 'save', from, jwks_uri, jwks, x509, reason })
          again.set('version', versionIn(form))
          return await staleAnswer(ctx, admin, { form: again, yours: metadata, part: 'credentials' }, deps)
        }
        return again(problemsOf(error))
      }
      adminDone.say(ctx, 'saved', client.metadata.client_name)
      return adminPaths.app(client.id, 'credentials')
    }),
  )

  const back = get(async (ctx) => adminPaths.app(String(ctx.params.id), 'credentials'))
  router.get('/admin/apps/:id/fetch', back)
  router.post(
    '/admin/apps/:id/fetch',
    post(async (ctx, admin, { form }) => {
      const client = await appIn(ctx, deps)
      const reason = form.get('reason') ?? undefined
      const { fetched } = await perform(apps.fetchKeys, { client_id: client.id, reason }, admin.actor)
      if (fetched?.failure === undefined) adminDone.say(ctx, 'fetched', client.metadata.client_name)
      return adminPaths.app(client.id, 'credentials')
    }),
  )

  router.get(
    '/admin/apps/:id/secret',
    ask(async (ctx, admin) => {
      const client = await appIn(ctx, deps)
      const { secret } = admin.words.admin.credentials
      return confirmPage(admin.frame, admin.words, {
        part: 'apps',
        crumbs: crumbsOf(client, admin),
        heading: secret.heading(client.metadata.client_name),
        effect: secret.effect,
        danger: false,
        options: {
          name: 'overlap',
          legend: secret.legend,
          options: Object.entries(secret.overlaps).map(([value, words]) => ({
            value,
            ...words,
            checked: value === '24',
          })),
        },
        button: secret.button,
        keep: secret.keep,
        action: ctx.path,
        keepHref: adminPaths.app(client.id, 'credentials'),
        csrf: admin.csrf,
        version: client.version,
      })
    }),
  )
  router.post(
    '/admin/apps/:id/secret',
    post(async (ctx, admin, { form }) => {
      const client = await appIn(ctx, deps)
      const edit = { client_id: client.id, version: versionIn(form), reason: form.get('reason') ?? '' }
      const made = await perform(apps.secret, { ...edit, overlap_hours: form.get('overlap') }, admin.actor)
      return secretPage(admin, {
        id: client.id,
        name: client.metadata.client_name,
        secret: made.client_secret ?? '',
        until: made.previous_secret_until === undefined ? undefined : Date.parse(made.previous_secret_until),
      })
    }),
  )
}

function unreadable(looked: Looked | undefined, words: Readonly<Record<'jwks' | 'x509', string>>): Problem[] {
  return looked?.what === 'unreadable' ? [{ path: looked.field, message: words[looked.field] }] : []
}
