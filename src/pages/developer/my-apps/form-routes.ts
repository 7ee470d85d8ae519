import type Router from '@koa/router'
import { asInput, type Client, type ClientKind, kindOf } from '../../../clients/client.ts'
import type { OwnApps } from '../../../clients/own-apps.ts'
import type { Registered } from '../../../clients/registry.ts'
import type { Problem } from '../../../lib/errors.ts'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import {
  type KeyFields,
  keyFieldsOf,
  keyMembers,
  look,
  postedKeyFields,
  withKeys,
} from '../../admin/apps/key-source.ts'
import { kindMembers, kindNamed, startOf } from '../../admin/apps/new-fields.ts'
import { scopeMembers, scopeOf } from '../../admin/apps/scopes-form.ts'
import { membersFor, membersOf, postedValues, valuesOf } from '../../admin/apps/settings-fields.ts'
import { problemsOf } from '../../admin/mistakes.ts'
import type { FormWithFiles } from '../../upload.ts'
import { developerPaths, ownAppPath } from '../paths.ts'
import { developerDone } from './done.ts'
import type { Answer, DeveloperDoor, DeveloperVisitor } from './door.ts'
import { type OwnAppForm, ownFormPage, ownKindPage } from './form-page.ts'
import { ownSecretPage } from './secret-page.ts'
import { own, versionOf } from './visited.ts'

/** The forms about an app that is there: its settings, or its keys. */
type ChangeForm = 'edit' | 'keys'

/** A new app, its settings, and its keys. */
export function ownFormRoutes(
  router: Router<RequestState>,
  { get, post }: DeveloperDoor,
  { ownApps, demo }: { ownApps: OwnApps; demo: boolean },
): void {
  router.get(
    developerPaths.newApp,
    get(async ({ query }, visitor) => {
      const kind = kindNamed(query.kind)
      if (kind === undefined) return ownKindPage(visitor)
      const { scopes, keys } = startOf(kind)
      return newPage(visitor, {
        kind,
        settings: { values: {}, scope: scopeOf(scopes) },
        keys: hasKeys(kind) ? keys : undefined,
      })
    }),
  )
  router.post(
    developerPaths.newApp,
    post(async (ctx, visitor, sent) => {
      const kind = kindNamed(sent.form.get('kind'))
      if (kind === undefined) return ownKindPage(visitor)
      const settings = settingsIn(sent)
      const keys = hasKeys(kind) ? postedKeyFields(sent) : undefined
      const input = {
        ...kindMembers(kind, settings.scope),
        ...membersOf(settings.values, kind),
        ...(keys === undefined ? {} : keyMembers(keys)),
      }
      return await saved(
        ctx,
        visitor,
        'added',
        keys,
        () => ownApps.register(visitor.developer, input),
        (problems) => newPage(visitor, { kind, settings, keys }, problems),
      )
    }),
  )

  router.get(
    '/developer/apps/:id/edit',
    get(async (ctx, visitor) => {
      const client = await own(ctx, visitor, ownApps)
      const { metadata } = client
      return changePage(visitor, client, 'edit', {
        settings: { values: valuesOf(metadata), scope: metadata.scope },
      })
    }),
  )
  router.post(
    '/developer/apps/:id/edit',
    post(async (ctx, visitor, sent) => {
      const client = await own(ctx, visitor, ownApps)
      const settings = settingsIn(sent)
      const kind = kindOf(client.metadata)
      const members: readonly string[] = membersFor(kind)
      const kept = Object.entries(asInput(client.metadata)).filter(([name]) => !members.includes(name))
      const input = {
        ...Object.fromEntries(kept),
        ...membersOf(settings.values, kind),
        ...scopeMembers(settings.scope, client.metadata),
      }
      return await changed(ctx, visitor, { client, version: versionOf(sent) }, 'edit', { settings }, input)
    }),
  )

  router.get(
    '/developer/apps/:id/keys',
    get(async (ctx, visitor) => {
      const client = await own(ctx, visitor, ownApps)
      return hasKeys(kindOf(client.metadata))
        ? changePage(visitor, client, 'keys', { keys: keyFieldsOf(client.metadata) })
        : ownAppPath(client.id)
    }),
  )
  router.post(
    '/developer/apps/:id/keys',
    post(async (ctx, visitor, sent) => {
      const client = await own(ctx, visitor, ownApps)
      const keys = postedKeyFields(sent)
      const input = withKeys(client.metadata, keys)
      return await changed(ctx, visitor, { client, version: versionOf(sent) }, 'keys', { keys }, input)
    }),
  )

  /** Saves what a form about an app says. @param seen the app, and the version that the form was made from */
  function changed(
    ctx: RequestContext,
    visitor: DeveloperVisitor,
    seen: { client: Client; version: number },
    part: ChangeForm,
    form: Omit<OwnAppForm, 'kind'>,
    input: Readonly<Record<string, unknown>>,
  ): Promise<Answer> {
    const { client, version } = seen
    return saved(
      ctx,
      visitor,
      'saved',
      form.keys,
      () => ownApps.update(visitor.developer, { id: client.id, version }, input),
      // Of the version that was seen: whoever has mended it is still told of what somebody else has changed.
      (problems) => changePage(visitor, { ...client, version }, part, form, problems),
    )
  }

  /** Does it, and shows the secret that came of it, the app, or the form with what is wrong. */
  async function saved(
    ctx: RequestContext,
    visitor: DeveloperVisitor,
    what: 'added' | 'saved',
    keys: KeyFields | undefined,
    act: () => Promise<Registered>,
    again: (problems: readonly Problem[]) => Answer,
  ): Promise<Answer> {
    const unread = keys === undefined ? [] : unreadable(keys, visitor)
    try {
      if (unread.length > 0) throw Object.assign(new Error(), { problems: unread })
      const { client, secret } = await act()
      if (secret !== undefined) return ownSecretPage(visitor, client, secret)
      developerDone.say(
        ctx,
        what === 'saved' && client.status === 'waiting' ? 'waits' : what,
        client.metadata.client_name,
      )
      return ownAppPath(client.id)
    } catch (error) {
      const problems = problemsOf(error)
      ctx.status = 400
      return again(problems)
    }
  }

  function newPage(visitor: DeveloperVisitor, form: OwnAppForm, problems: readonly Problem[] = []): Answer {
    const { myApps, admin } = visitor.words
    return ownFormPage(visitor, form, {
      heading: admin.newApp.kinds[form.kind].title,
      lead: myApps.fields.lead,
      button: myApps.fields.register,
      action: developerPaths.newApp,
      keepHref: developerPaths.newApp,
      problems,
    })
  }

  function changePage(
    visitor: DeveloperVisitor,
    { id, metadata, version }: Client,
    part: ChangeForm,
    form: Omit<OwnAppForm, 'kind'>,
    problems: readonly Problem[] = [],
  ): Answer {
    const { edit, editLead, editLeadDemo, keysOf, keysLead, fields } = visitor.words.myApps
    const [heading, lead] = part === 'keys' ? [keysOf, keysLead] : [edit, demo ? editLeadDemo : editLead]
    return ownFormPage(
      visitor,
      { kind: kindOf(metadata), ...form },
      {
        heading: heading(metadata.client_name),
        lead,
        button: fields.save,
        action: ownAppPath(id, part),
        keepHref: ownAppPath(id),
        version,
        problems,
      },
    )
  }
}

function settingsIn({ form }: FormWithFiles) {
  const scope = (form.get('scope') ?? '').split(/\s+/).filter((one) => one !== '')
  return { values: postedValues(form), scope: scope.join(' ') }
}

function hasKeys(kind: ClientKind): boolean {
  return kind === 'server' || kind === 'service'
}

function unreadable(keys: KeyFields, { words }: DeveloperVisitor): Problem[] {
  const found = look(keys)
  return found?.what === 'unreadable'
    ? [{ path: found.field, message: words.admin.credentials.found.unreadable[found.field] }]
    : []
}
