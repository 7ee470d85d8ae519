import type Router from '@koa/router'
import type { OwnApps } from '../../../clients/own-apps.ts'
import { LanyardError } from '../../../lib/errors.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import type { Options } from '../../admin/parts.ts'
import type { Page } from '../../render.ts'
import { codeOf, developerPage, developerSheet } from '../developer-page.ts'
import { developerPaths, ownAppPath } from '../paths.ts'
import type { SandboxPerson } from './app-page.ts'
import { developerDone } from './done.ts'
import type { DeveloperDoor, DeveloperVisitor } from './door.ts'
import { ownSecretPage } from './secret-page.ts'
import { own, versionOf } from './visited.ts'

export type ActDeps = {
  ownApps: OwnApps
  /** In the demo: who opens apps with whose record, and the launch. `create` returns the address of the launch. */
  sandbox:
    | {
        people: () => Promise<SandboxPerson[]>
        create: (clientId: string, person: SandboxPerson, requestId: string) => Promise<string>
      }
    | undefined
}

/** A new secret, an end, and a launch on the sandbox; the first two ask on a page of their own. */
export function ownActRoutes(
  router: Router<RequestState>,
  { get, post }: DeveloperDoor,
  { ownApps, sandbox }: ActDeps,
): void {
  router.get(
    '/developer/apps/:id/secret',
    get(async (ctx, visitor) => {
      const { id, metadata, version } = await own(ctx, visitor, ownApps)
      const { secret } = visitor.words.admin.credentials
      return confirm(visitor, {
        heading: secret.heading(metadata.client_name),
        effect: secret.effect,
        button: secret.button,
        keep: secret.keep,
        danger: false,
        options: {
          name: 'overlap',
          legend: secret.legend,
          options: Object.entries(secret.overlaps).map(([value, said]) => ({
            value,
            ...said,
            checked: value === '24',
          })),
        },
        id,
        version,
        action: ownAppPath(id, 'secret'),
      })
    }),
  )
  router.post(
    '/developer/apps/:id/secret',
    post(async (ctx, visitor, sent) => {
      const { id } = await own(ctx, visitor, ownApps)
      const hours = Object.keys(visitor.words.admin.credentials.secret.overlaps).find(
        (overlap) => overlap === sent.form.get('overlap'),
      )
      const which = { id, version: versionOf(sent) }
      const { client, secret } = await ownApps.newSecret(visitor.developer, which, Number(hours ?? 0))
      return ownSecretPage(visitor, client, secret)
    }),
  )

  router.get(
    '/developer/apps/:id/remove',
    get(async (ctx, visitor) => {
      const { id, metadata, version } = await own(ctx, visitor, ownApps)
      const { heading, ...said } = visitor.words.myApps.remove
      return confirm(visitor, {
        heading: heading(metadata.client_name),
        ...said,
        danger: true,
        id,
        version,
        action: ownAppPath(id, 'remove'),
      })
    }),
  )
  router.post(
    '/developer/apps/:id/remove',
    post(async (ctx, visitor, sent) => {
      const { id, metadata } = await own(ctx, visitor, ownApps)
      await ownApps.remove(visitor.developer, { id, version: versionOf(sent) })
      developerDone.say(ctx, 'removed', metadata.client_name)
      return developerPaths.apps
    }),
  )

  router.get(
    '/developer/apps/:id/launch',
    get(async (ctx) => ownAppPath(String(ctx.params.id))),
  )
  router.post(
    '/developer/apps/:id/launch',
    post(async (ctx, visitor, { form }) => {
      const { id, metadata } = await own(ctx, visitor, ownApps)
      const person = (await sandbox?.people())?.find(({ value }) => value === form.get('who'))
      if (sandbox === undefined || person === undefined)
        throw new LanyardError('not-found', 'There is no such person on the sandbox.')
      const address = await sandbox.create(id, person, ctx.state.requestId)
      const said = visitor.words.myApps.sandbox
      return developerSheet(visitor.words, {
        user: visitor.head,
        title: said.ready(metadata.client_name),
        lead: said.readyLead(person.user),
        kept: false,
        sections: [
          {
            heading: said.address,
            codes: [codeOf(said.address, address)],
            links: [
              { text: said.open, href: address },
              { text: said.back, href: ownAppPath(id) },
            ],
          },
        ],
      })
    }),
  )
}

/** A question on its own page before what cannot be undone; posts `csrf`, `version` and the options. */
function confirm(
  { words, head, csrf }: DeveloperVisitor,
  {
    id,
    effect,
    ...asked
  }: {
    id: string
    heading: string
    effect: string
    button: string
    keep: string
    danger: boolean
    version: number
    action: string
    options?: Options
  },
): Page {
  return developerPage(words, {
    tab: 'apps',
    title: asked.heading,
    user: head,
    view: 'admin/confirm',
    data: {
      options: undefined,
      ...asked,
      csrf,
      fields: [],
      keepHref: ownAppPath(id),
      notice: { tone: asked.danger ? 'warn' : 'info', text: effect },
    },
  })
}
