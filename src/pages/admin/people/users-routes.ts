import type Router from '@koa/router'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import { builtInRoles } from '../../../smart/policy.ts'
import type { UserOverview } from '../../../users/overview.ts'
import type { RoleRegister } from '../../../users/roles.ts'
import { usernameOf } from '../../../users/user-file.ts'
import type { Words } from '../../words/en.ts'
import { asSeen, isStale } from '../apps/app-routes.ts'
import { reasonField } from '../confirm-page.ts'
import { adminDone } from '../done.ts'
import type { Admin, AdminDoor, Answer } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'
import { accepted, fieldsWith, type Refused, refusedOf } from './refused.ts'
import { tryHref } from './try-page.ts'
import { fileOf, type OfferedRole, postedUser, type UserValues, userFields, valuesOf } from './user-form.ts'
import {
  appTable,
  badgesOf,
  factsOf,
  sessionTable,
  signInSection,
  stateSection,
  tableOf,
} from './user-parts.ts'

/** Users on one page. */
const PAGE = 25

export type UsersDeps = {
  operations: Pick<AdminOperations, 'users'>
  userOverview: Pick<UserOverview, 'count'>
  roles: Pick<RoleRegister, 'list'>
  clock: () => number
}

/** The people who can sign in: the list, each of them, and how they end. */
export function usersRoutes(
  router: Router<RequestState>,
  { get, ask, post }: AdminDoor,
  { operations: { users }, userOverview, roles, clock }: UsersDeps,
): void {
  router.get(
    adminPaths.users,
    get(async (ctx, admin) => {
      const { words, frame, actor } = admin
      const said = words.admin.people.users
      const q = asked(ctx, 'q')
      const status = asked(ctx, 'status')
      const after = asked(ctx, 'after') || undefined
      const role = asked(ctx, 'role')
      const wanted = { ...(q && { q }), ...(role && { role }), ...(status && { status }) }
      const { items, next } = await perform(users.list, { ...wanted, after, limit: PAGE }, actor)
      const all = new Intl.NumberFormat(words.locale).format(await userOverview.count())
      const to = (more: object) => `${adminPaths.users}?${new URLSearchParams({ ...wanted, ...more })}`
      const done = adminDone.hear(ctx, words)
      return sheetPage(frame, words, {
        part: 'users',
        title: said.title,
        lead: said.lead(all),
        notice: done === undefined ? undefined : { tone: 'ok', text: done },
        acts: [{ text: words.admin.people.sessions.title, href: adminPaths.sessions }],
        act: admin.mayChange ? { text: said.new, href: adminPaths.user('new') } : undefined,
        kept: wanted,
        search: {
          action: adminPaths.users,
          button: said.search,
          fields: [
            { name: 'q', label: said.q, value: q },
            {
              name: 'role',
              label: said.role,
              type: 'select',
              options: [
                { value: '', label: said.anyRole, selected: role === '' },
                ...(await offered()).map(({ name }) => ({
                  value: name,
                  label: name,
                  selected: name === role,
                })),
              ],
            },
            {
              name: 'status',
              label: said.status,
              type: 'select',
              options: [['', said.all] as const, ...Object.entries(said.statuses)].map(([value, label]) => ({
                value,
                label,
                selected: value === status,
              })),
            },
          ],
        },
        sections:
          items.length === 0 ? [] : [{ heading: said.caption, table: tableOf(items, clock(), words) }],
        empty:
          items.length === 0
            ? { ...said.empty, icon: 'users', link: { text: words.admin.showAll, href: adminPaths.users } }
            : undefined,
        paging: {
          said: said.shown(String(items.length), all),
          first: after === undefined ? undefined : to({}),
          next: next === undefined ? undefined : to({ after: next }),
        },
      })
    }),
  )

  router.get(
    adminPaths.user('new'),
    ask(async (_, admin) => newPage(admin, { ...valuesOf(nobody), patients: '' }, await offered(), accepted)),
  )
  router.post(
    adminPaths.user('new'),
    post(async (ctx, admin, { form }) => {
      const values = postedUser(form)
      try {
        await perform(users.add, { user: fileOf(values), reason: form.get('reason') ?? '' }, admin.actor)
      } catch (error) {
        ctx.status = 400
        return newPage(admin, values, await offered(), refusedOf(error, admin.words))
      }
      adminDone.say(ctx, 'changed', values.username)
      return adminPaths.user(usernameOf(values.username))
    }),
  )

  router.get(
    '/admin/users/:name',
    get(async (ctx, admin) => await userPage(ctx, admin, undefined, accepted)),
  )
  router.post(
    '/admin/users/:name',
    post(async (ctx, admin, { form }) => {
      const username = String(ctx.params.name)
      const values = { ...postedUser(form), username }
      const edit = { username, version: form.get('version') ?? '', reason: form.get('reason') ?? '' }
      try {
        await perform(users.update, { ...edit, user: fileOf(values) }, admin.actor)
      } catch (error) {
        const refused = refusedOf(error, admin.words)
        ctx.status = isStale(error) ? 409 : 400
        return await userPage(ctx, admin, values, refused, isStale(error) ? undefined : form)
      }
      adminDone.say(ctx, 'changed', username)
      return adminPaths.user(username)
    }),
  )

  /** All roles that somebody may have: the server's own, and those that were defined. */
  async function offered(): Promise<OfferedRole[]> {
    const defined = (await roles.list()).map(({ name, file }) => ({ name, title: file.title }))
    return [...builtInRoles.map((name) => ({ name, title: name })), ...defined]
  }

  async function userPage(
    ctx: RequestContext,
    admin: Admin,
    typed: UserValues | undefined,
    refused: Refused,
    /** Of which it is shown again; without it, of what there is now. */
    posted?: URLSearchParams,
  ): Promise<Answer> {
    const { words, frame, actor, csrf } = admin
    const said = words.admin.people.user
    const shown = await perform(users.show, { username: String(ctx.params.name) }, actor)
    const user = posted === undefined ? shown : asSeen(shown, posted)
    const sessions = await perform(users.sessions, { username: user.username }, actor)
    const done = adminDone.hear(ctx, words)
    const isOurs = user.origin !== 'config'
    const path = adminPaths.user(user.username)
    const { items: apps } = await perform(users.apps, { username: user.username }, actor)
    const asked = userFields(typed ?? valuesOf(user), false, await offered(), words)
    const { fields, problems } = fieldsWith(asked, refused, words)
    return sheetPage(frame, words, {
      part: 'users',
      title: user.display_name,
      badge: badgesOf(user, words).at(-1),
      crumbs: crumbs(words),
      acts: [
        {
          text: words.admin.roles.page.try,
          href: tryHref({ user: user.username, scope: 'user/*.rs', path: '/Patient' }),
        },
      ],
      notice: done === undefined ? undefined : { tone: 'ok', text: done },
      problems,
      sections: [
        {
          heading: said.details,
          ...(isOurs ? {} : { text: said.configured }),
          ...(admin.mayChange && isOurs
            ? {
                form: {
                  action: path,
                  csrf,
                  version: user.version,
                  fields: [...fields, reasonField(words)],
                  button: said.save,
                },
              }
            : { facts: factsOf(user, words) }),
        },
        {
          heading: said.sessions,
          ...(sessions.items.length === 0
            ? { text: said.noSessions }
            : { table: sessionTable(sessions.items, path, admin) }),
        },
        {
          heading: said.apps,
          ...(apps.length === 0 ? { text: said.noApps } : { table: appTable(apps, path, admin) }),
        },
        signInSection(user, clock(), path, admin),
        ...(admin.mayChange ? [stateSection(user, path, isOurs, words)] : []),
      ],
    })
  }
}

const nobody = { username: '', display_name: '', roles: [], patients: [], attributes: {} } as const

function newPage(admin: Admin, values: UserValues, roles: readonly OfferedRole[], refused: Refused) {
  const { words, frame, csrf } = admin
  const said = words.admin.people.user
  const { fields, problems } = fieldsWith(userFields(values, true, roles, words), refused, words)
  return sheetPage(frame, words, {
    part: 'users',
    title: said.newTitle,
    crumbs: crumbs(words),
    problems,
    sections: [
      {
        heading: said.details,
        form: {
          action: adminPaths.user('new'),
          csrf,
          fields: [...fields, reasonField(words)],
          button: said.add,
        },
      },
    ],
  })
}

function crumbs(words: Words) {
  return [{ name: words.admin.people.users.title, href: adminPaths.users }]
}

function asked({ query }: RequestContext, name: string): string {
  const value = query[name]
  return typeof value === 'string' ? value.trim() : ''
}
