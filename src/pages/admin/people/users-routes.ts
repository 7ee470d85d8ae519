import type Router from '@koa/router'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import type { UserOverview } from '../../../users/overview.ts'
import type { Words } from '../../words/en.ts'
import { confirmPage, reasonField } from '../confirm-page.ts'
import { adminDone } from '../done.ts'
import type { Admin, AdminDoor, Answer } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'
import { refusedWith } from './refused.ts'
import { fileOf, postedUser, type UserValues, userFields, valuesOf } from './user-form.ts'
import { factsOf, sessionTable, stateSection, tableOf } from './user-parts.ts'

/** Users on one page. */
const PAGE = 25

export type UsersDeps = {
  operations: Pick<AdminOperations, 'users'>
  userOverview: Pick<UserOverview, 'count'>
}

/** The people who can sign in: the list, each of them, and how they end. */
export function usersRoutes(
  router: Router<RequestState>,
  { get, ask, post }: AdminDoor,
  { operations: { users }, userOverview }: UsersDeps,
): void {
  router.get(
    adminPaths.users,
    get(async (ctx, admin) => {
      const { words, frame, actor } = admin
      const said = words.admin.people.users
      const q = asked(ctx, 'q')
      const status = asked(ctx, 'status')
      const after = asked(ctx, 'after') || undefined
      const wanted = { ...(q && { q }), ...(status && { status }) }
      const { items, next } = await perform(users.list, { ...wanted, after, limit: PAGE }, actor)
      const all = new Intl.NumberFormat(words.locale).format(await userOverview.count())
      const to = (more: object) => `${adminPaths.users}?${new URLSearchParams({ ...wanted, ...more })}`
      const done = adminDone.hear(ctx, words)
      return sheetPage(frame, words, {
        part: 'users',
        title: said.title,
        lead: said.lead(all),
        notice: done === undefined ? undefined : { tone: 'ok', text: done },
        act: admin.mayChange ? { text: said.new, href: adminPaths.user('new') } : undefined,
        kept: wanted,
        search: {
          action: adminPaths.users,
          button: said.search,
          fields: [
            { name: 'q', label: said.q, value: q },
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
        sections: items.length === 0 ? [] : [{ heading: said.caption, table: tableOf(items, words) }],
        empty: items.length === 0 ? { ...said.empty, icon: 'users' } : undefined,
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
    ask(async (_, admin) => newPage(admin, valuesOf({ ...nobody }), [])),
  )
  router.post(
    adminPaths.user('new'),
    post(async (ctx, admin, { form }) => {
      const values = postedUser(form)
      try {
        await perform(users.add, { user: fileOf(values), reason: form.get('reason') ?? '' }, admin.actor)
      } catch (error) {
        ctx.status = 400
        return newPage(admin, values, refusedWith(error, admin.words))
      }
      adminDone.say(ctx, 'changed', values.username)
      return adminPaths.users
    }),
  )

  router.get(
    '/admin/users/:name',
    get(async (ctx, admin) => await userPage(ctx, admin, undefined, [])),
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
        const problems = refusedWith(error, admin.words)
        ctx.status = (error as { reason?: string }).reason === 'stale' ? 409 : 400
        return await userPage(ctx, admin, values, problems)
      }
      adminDone.say(ctx, 'changed', username)
      return adminPaths.user(username)
    }),
  )

  for (const what of ['disable', 'enable', 'remove', 'end'] as const) {
    router.get(
      `/admin/users/:name/${what}`,
      ask(async (ctx, admin) => {
        const { words, frame, csrf } = admin
        const user = await perform(users.show, { username: String(ctx.params.name) }, admin.actor)
        const said = words.admin.people.user
        return confirmPage(frame, words, {
          part: 'users',
          crumbs: [...crumbs(words), { name: user.display_name, href: adminPaths.user(user.username) }],
          heading: what === 'end' ? said.endHeading : said[`${what}Heading`](user.display_name),
          effect: said[`${what}Effect`],
          danger: what !== 'enable',
          fields: [],
          button: said[what],
          action: `${adminPaths.user(user.username)}/${what}${what === 'end' ? `?id=${encodeURIComponent(asked(ctx, 'id'))}` : ''}`,
          keep: said.keep,
          keepHref: adminPaths.user(user.username),
          csrf,
          version: user.version,
        })
      }),
    )
    router.post(
      `/admin/users/:name/${what}`,
      post(async (ctx, admin, { form }) => {
        const username = String(ctx.params.name)
        const edit = { username, version: form.get('version') ?? '', reason: form.get('reason') ?? '' }
        if (what === 'end') {
          const which = { username, id: asked(ctx, 'id'), reason: edit.reason }
          await perform(users.endSession, which, admin.actor)
        } else if (what === 'remove') await perform(users.remove, edit, admin.actor)
        else
          await perform(
            users.setStatus,
            { ...edit, status: what === 'enable' ? 'active' : 'disabled' },
            admin.actor,
          )
        adminDone.say(ctx, 'changed', username)
        return what === 'remove' ? adminPaths.users : adminPaths.user(username)
      }),
    )
  }

  async function userPage(
    ctx: RequestContext,
    admin: Admin,
    typed: UserValues | undefined,
    problems: readonly { href: string; text: string }[],
  ): Promise<Answer> {
    const { words, frame, actor, csrf } = admin
    const said = words.admin.people.user
    const user = await perform(users.show, { username: String(ctx.params.name) }, actor)
    const sessions = await perform(users.sessions, { username: user.username }, actor)
    const done = adminDone.hear(ctx, words)
    const isOurs = user.origin !== 'config'
    const path = adminPaths.user(user.username)
    const state = words.admin.people.users.statuses[user.status]
    return sheetPage(frame, words, {
      part: 'users',
      title: user.display_name,
      badge: { text: state, tone: user.status === 'active' ? 'ok' : '' },
      crumbs: crumbs(words),
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
                  fields: [...userFields(typed ?? valuesOf(user), false, words), reasonField(words)],
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
        ...(admin.mayChange ? [stateSection(user, path, isOurs, words)] : []),
      ],
    })
  }
}

const nobody = { username: '', display_name: '', roles: [], patients: [], attributes: {} } as const

function newPage(admin: Admin, values: UserValues, problems: readonly { href: string; text: string }[]) {
  const { words, frame, csrf } = admin
  const said = words.admin.people.user
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
          fields: [...userFields(values, true, words), reasonField(words)],
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
