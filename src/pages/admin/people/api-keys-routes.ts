import type Router from '@koa/router'
import { keyDays } from '../../../keys/api-key.ts'
import type { ApiKeys } from '../../../keys/api-keys.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import { confirmPage } from '../confirm-page.ts'
import { adminDone } from '../done.ts'
import type { Admin, AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Cell, Field, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'
import { accepted, fieldsWith, type Refused, refusedOf } from './refused.ts'
import { listIn } from './user-form.ts'

/** Keys on one page. */
const PAGE = 50

export type ApiKeysDeps = {
  operations: Pick<AdminOperations, 'apiKeys'>
  apiKeys: Pick<ApiKeys, 'find'>
  clock: () => number
}
type Key = Awaited<ReturnType<AdminOperations['apiKeys']['list']['run']>>['items'][number]

const names = ['name', 'user', 'client_id', 'scope', 'roles', 'addresses', 'days'] as const
type Values = Readonly<Record<(typeof names)[number], string>>

/** API keys: the list, a new one, which is shown once, and their end. */
export function apiKeysRoutes(
  router: Router<RequestState>,
  { get, ask, post }: AdminDoor,
  { operations: { apiKeys }, apiKeys: register, clock }: ApiKeysDeps,
): void {
  router.get(
    adminPaths.apiKeys,
    get(async (ctx, admin) => {
      const { words, frame, actor, mayChange } = admin
      const said = words.admin.people.keys
      const after = ctx.query.after === undefined ? undefined : String(ctx.query.after)
      const { items, next } = await perform(apiKeys.list, { after, limit: PAGE }, actor)
      const done = adminDone.hear(ctx, words)
      return sheetPage(frame, words, {
        part: 'apiKeys',
        title: said.title,
        lead: said.lead,
        notice: done === undefined ? undefined : { tone: 'ok', text: done },
        act: mayChange ? { text: said.new, href: adminPaths.apiKey('new') } : undefined,
        sections:
          items.length === 0 ? [] : [{ heading: said.caption, table: tableOf(items, clock(), admin) }],
        empty: items.length === 0 ? { ...said.empty, icon: 'plug' } : undefined,
        paging:
          after === undefined && next === undefined
            ? undefined
            : {
                said: said.shown(items.length),
                first: after === undefined ? undefined : adminPaths.apiKeys,
                next: next && `${adminPaths.apiKeys}?${new URLSearchParams({ after: next })}`,
              },
      })
    }),
  )

  router.get(
    adminPaths.apiKey('new'),
    ask(async (_, admin) => newPage(admin, { ...blank, days: String(keyDays.usual) }, accepted)),
  )
  router.post(
    adminPaths.apiKey('new'),
    post(async (ctx, admin, { form }) => {
      const { words, frame, actor } = admin
      const said = words.admin.people.keys
      const values = Object.fromEntries(names.map((name) => [name, form.get(name)?.trim() ?? ''])) as Values
      try {
        const made = await perform(
          apiKeys.add,
          { key: keyOf(values), reason: form.get('reason') ?? '' },
          actor,
        )
        return sheetPage(frame, words, {
          part: 'apiKeys',
          title: said.made,
          crumbs: crumbs(words),
          kept: false,
          notice: { tone: 'warn', text: said.madeText },
          sections: [
            {
              heading: made.name,
              codes: [{ caption: 'x-api-key', what: said.what, pieces: [{ text: made.api_key }] }],
            },
          ],
        })
      } catch (error) {
        ctx.status = 400
        return newPage(admin, values, refusedOf(error, words))
      }
    }),
  )

  router.get(
    '/admin/api-keys/:id/revoke',
    ask(async (ctx, { words, frame, csrf }) => {
      const said = words.admin.people.keys
      const id = String(ctx.params.id)
      const key = await register.find(id)
      return confirmPage(frame, words, {
        part: 'apiKeys',
        crumbs: crumbs(words),
        heading: said.revokeHeading(key?.name ?? id),
        effect: said.revokeEffect,
        danger: true,
        button: said.revoke,
        action: `${adminPaths.apiKey(id)}/revoke`,
        keep: said.keep,
        keepHref: adminPaths.apiKeys,
        csrf,
      })
    }),
  )
  router.post(
    '/admin/api-keys/:id/revoke',
    post(async (ctx, { actor }, { form }) => {
      const edit = { id: String(ctx.params.id), reason: form.get('reason') ?? '' }
      const { name } = await perform(apiKeys.revoke, edit, actor)
      adminDone.say(ctx, 'changed', name)
      return adminPaths.apiKeys
    }),
  )
}

const blank = { name: '', user: '', client_id: '', scope: '', roles: '', addresses: '' }

/** What `newApiKey` reads; what is empty is left out. */
function keyOf({ name, user, client_id, scope, roles, addresses, days }: Values): Record<string, unknown> {
  return {
    name,
    scope,
    ...(user === '' ? {} : { user }),
    ...(client_id === '' ? {} : { client_id }),
    ...(roles === '' ? {} : { roles: listIn(roles) }),
    addresses: listIn(addresses),
    ...(days === '' ? {} : { expires_in_days: Number(days) }),
  }
}

function newPage({ words, frame, csrf }: Admin, values: Values, refused: Refused) {
  const said = words.admin.people.keys
  const asked: Field[] = [
    { name: 'name', label: said.name, value: values.name, required: true },
    { name: 'user', label: said.user, hint: said.userHint, value: values.user },
    { name: 'client_id', label: said.client, hint: said.clientHint, value: values.client_id },
    { name: 'scope', label: said.scope, hint: said.scopeHint, value: values.scope, required: true },
    { name: 'roles', label: said.roles, hint: said.rolesHint, value: values.roles },
    { name: 'addresses', label: said.addresses, hint: said.addressesHint, value: values.addresses },
    { name: 'days', label: said.days, type: 'number', value: values.days },
  ]
  const { fields, problems } = fieldsWith(asked, refused, words, { expires_in_days: 'days' })
  return sheetPage(frame, words, {
    part: 'apiKeys',
    title: said.new,
    crumbs: crumbs(words),
    problems,
    sections: [
      { heading: said.new, form: { action: adminPaths.apiKey('new'), csrf, fields, button: said.make } },
    ],
  })
}

function crumbs(words: Words) {
  return [{ name: words.admin.people.keys.title, href: adminPaths.apiKeys }]
}

function tableOf(items: readonly Key[], now: number, { words, mayChange }: Admin): Table {
  const said = words.admin.people.keys
  const dates = datesIn(words)
  const columns = (['name', 'owner', 'scope', 'used', 'state'] as const).map((id) => ({
    label: said.columns[id],
  }))
  return {
    caption: said.caption,
    columns: mayChange ? [...columns, { label: said.columns.act, act: true }] : columns,
    rows: items.map((key): Cell[] => {
      const state =
        key.revoked !== undefined ? 'revoked' : Date.parse(key.expires) <= now ? 'expired' : 'active'
      const cells: Cell[] = [
        { text: key.name, hint: key.id },
        { code: key.user ?? key.client_id ?? '', hint: key.roles.join(', ') || undefined },
        { code: key.scope, hint: key.addresses.join(', ') || undefined },
        key.last_used === undefined
          ? { text: said.never, muted: true }
          : { text: dates.since(Date.parse(key.last_used), now) },
        {
          badges: [{ text: said.states[state], tone: state === 'active' ? 'ok' : '' }],
          hint: said.until(dates.day(Date.parse(key.expires))),
        },
      ]
      const button = { text: said.revoke, href: `${adminPaths.apiKey(key.id)}/revoke`, hidden: key.name }
      return mayChange ? [...cells, state === 'active' ? { button } : { text: '' }] : cells
    }),
  }
}
