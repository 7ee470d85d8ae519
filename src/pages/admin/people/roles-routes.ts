import type Router from '@koa/router'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import { roleFile } from '../../../users/role-file.ts'
import type { Words } from '../../words/en.ts'
import { confirmPage, reasonField } from '../confirm-page.ts'
import { adminDone } from '../done.ts'
import type { Admin, AdminDoor, Answer } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Cell, Fact, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type SheetForm, sheetPage } from '../sheet.ts'
import { refusedWith } from './refused.ts'

export type RolesDeps = { operations: Pick<AdminOperations, 'roles'> }
type Shown = Awaited<ReturnType<AdminOperations['roles']['show']['run']>>
type Problems = readonly { href: string; text: string }[]

/** What the form of a new role begins with. */
const START = {
  role: 'ward-clerk',
  title: 'Ward clerk',
  rules: [{ types: ['Appointment'], letters: 'rs', where: ['location=%user.location'], hide: ['comment'] }],
}

/** Roles: the list, what each allows, and their change. */
export function rolesRoutes(
  router: Router<RequestState>,
  { get, ask, post }: AdminDoor,
  { operations: { roles } }: RolesDeps,
): void {
  router.get(
    adminPaths.roles,
    get(async (ctx, admin) => {
      const { words, frame, actor, mayChange } = admin
      const said = words.admin.people.roles
      const { items } = await perform(roles.list, {}, actor)
      const done = adminDone.hear(ctx, words)
      return sheetPage(frame, words, {
        part: 'roles',
        title: said.title,
        lead: said.lead,
        notice: done === undefined ? undefined : { tone: 'ok', text: done },
        act: mayChange ? { text: said.new, href: adminPaths.role('new') } : undefined,
        sections: [
          { heading: said.try, text: said.tryLead, links: [{ text: said.try, href: adminPaths.try }] },
          {
            heading: said.defined,
            ...(items.length === 0 ? { text: said.none } : { table: listOf(items, words) }),
          },
          { heading: said.own, text: said.ownText },
        ],
      })
    }),
  )

  router.get(
    adminPaths.role('new'),
    ask(async (_, admin) => newPage(admin, JSON.stringify(START, null, 2), [])),
  )
  router.post(
    adminPaths.role('new'),
    post(async (ctx, admin, { form }) => {
      const text = form.get('file') ?? ''
      try {
        const file = jsonIn(text, admin.words)
        const { role } = await perform(roles.add, { file, reason: form.get('reason') ?? '' }, admin.actor)
        adminDone.say(ctx, 'changed', role)
        return adminPaths.role(role)
      } catch (error) {
        ctx.status = 400
        return newPage(admin, text, problemsIn(error, admin.words))
      }
    }),
  )

  router.get(
    '/admin/roles/:role',
    get(async (ctx, admin) => await rolePage(ctx, admin, undefined, [])),
  )
  router.post(
    '/admin/roles/:role',
    post(async (ctx, admin, { form }) => {
      const role = String(ctx.params.role)
      const text = form.get('file') ?? ''
      const edit = { role, version: form.get('version') ?? '', reason: form.get('reason') ?? '' }
      try {
        await perform(roles.update, { ...edit, file: jsonIn(text, admin.words) }, admin.actor)
      } catch (error) {
        const problems = problemsIn(error, admin.words)
        ctx.status = (error as { reason?: string }).reason === 'stale' ? 409 : 400
        return await rolePage(ctx, admin, text, problems)
      }
      adminDone.say(ctx, 'changed', role)
      return adminPaths.role(role)
    }),
  )

  for (const what of ['disable', 'enable', 'remove'] as const) {
    router.get(
      `/admin/roles/:role/${what}`,
      ask(async (ctx, { words, frame, csrf, actor }) => {
        const { role, title, version } = await perform(roles.show, { role: String(ctx.params.role) }, actor)
        const said = words.admin.people
        return confirmPage(frame, words, {
          part: 'roles',
          crumbs: [...crumbs(words), { name: title, href: adminPaths.role(role) }],
          heading: said.role[`${what}Heading`](role),
          effect: said.role[`${what}Effect`],
          danger: what !== 'enable',
          button: said.user[what],
          action: `${adminPaths.role(role)}/${what}`,
          keep: said.user.keep,
          keepHref: adminPaths.role(role),
          csrf,
          version,
        })
      }),
    )
    router.post(
      `/admin/roles/:role/${what}`,
      post(async (ctx, { actor }, { form }) => {
        const role = String(ctx.params.role)
        const edit = { role, version: form.get('version') ?? '', reason: form.get('reason') ?? '' }
        if (what === 'remove') await perform(roles.remove, edit, actor)
        else
          await perform(
            roles.setStatus,
            { ...edit, status: what === 'enable' ? 'active' : 'disabled' },
            actor,
          )
        adminDone.say(ctx, 'changed', role)
        return what === 'remove' ? adminPaths.roles : adminPaths.role(role)
      }),
    )
  }

  async function rolePage(
    ctx: RequestContext,
    admin: Admin,
    typed: string | undefined,
    problems: Problems,
  ): Promise<Answer> {
    const { words, frame, actor, csrf, mayChange } = admin
    const said = words.admin.people.role
    const role = await perform(roles.show, { role: String(ctx.params.role) }, actor)
    const path = adminPaths.role(role.role)
    const isOurs = role.origin !== 'config'
    const turn = role.status === 'active' ? 'disable' : 'enable'
    const done = adminDone.hear(ctx, words)
    const text = typed ?? JSON.stringify(role.file, null, 2)
    const form = { action: path, csrf, version: role.version, button: said.save }
    return sheetPage(frame, words, {
      part: 'roles',
      title: role.title,
      badge: badgeOf(role, words),
      crumbs: crumbs(words),
      notice: done === undefined ? undefined : { tone: 'ok', text: done },
      problems,
      sections: [
        { heading: said.rules, table: rulesOf(role, words) },
        { heading: role.role, facts: limitsOf(role, words) },
        ...(mayChange && isOurs ? [{ heading: said.edit, form: fileForm(text, form, words) }] : []),
        ...(mayChange
          ? [
              {
                heading: said.state,
                links: [
                  { text: words.admin.people.user[turn], href: `${path}/${turn}` },
                  ...(isOurs ? [{ text: words.admin.people.user.remove, href: `${path}/remove` }] : []),
                ],
              },
            ]
          : []),
      ],
    })
  }
}

function newPage({ words, frame, csrf }: Admin, text: string, problems: Problems) {
  const said = words.admin.people.role
  return sheetPage(frame, words, {
    part: 'roles',
    title: said.newTitle,
    crumbs: crumbs(words),
    problems,
    sections: [
      {
        heading: said.file,
        form: fileForm(text, { action: adminPaths.role('new'), csrf, button: said.add }, words),
      },
    ],
  })
}

function fileForm(value: string, form: Omit<SheetForm, 'fields'>, words: Words): SheetForm {
  const { file, fileHint } = words.admin.people.role
  return {
    ...form,
    fields: [
      { name: 'file', label: file, hint: fileHint, type: 'area', rows: 18, required: true, value },
      reasonField(words),
    ],
  }
}

function crumbs(words: Words) {
  return [{ name: words.admin.people.roles.title, href: adminPaths.roles }]
}

function listOf(items: readonly Shown[], words: Words): Table {
  const { caption, columns, rules } = words.admin.people.roles
  return {
    caption,
    columns: (['role', 'rules', 'origin', 'status'] as const).map((id) => ({ label: columns[id] })),
    rows: items.map((role): Cell[] => [
      { text: role.title, href: adminPaths.role(role.role), hint: role.role },
      { text: rules(roleFile.parse(role.file).rules.length) },
      { text: role.origin },
      { badges: [badgeOf(role, words)] },
    ]),
  }
}

function badgeOf({ status }: Shown, { admin }: Words) {
  return {
    text: admin.people.users.statuses[status],
    tone: status === 'active' ? ('ok' as const) : ('' as const),
  }
}

function rulesOf({ file }: Shown, { admin }: Words): Table {
  const { rulesCaption, columns, everything, nothing } = admin.people.role
  return {
    caption: rulesCaption,
    columns: (['number', 'types', 'letters', 'where', 'hide'] as const).map((id) => ({ label: columns[id] })),
    rows: roleFile
      .parse(file)
      .rules.map(({ types, letters, where, hide }, index): Cell[] => [
        { text: String(index + 1) },
        { text: types[0] === '*' ? everything : types.join(', ') },
        { code: letters },
        where.length === 0 ? { text: everything, muted: true } : { code: where.join(' & ') },
        hide.length === 0 ? { text: nothing, muted: true } : { code: hide.join(' ') },
      ]),
  }
}

function limitsOf({ file }: Shown, { admin }: Words): Fact[] {
  const { apps, scopes, basic } = roleFile.parse(file)
  const said = admin.people.role
  return [
    { label: said.apps, value: { text: apps[0] === '*' ? said.any : apps.join(', ') } },
    { label: said.scopes, value: { text: scopes ?? said.any } },
    { label: said.basic, value: { text: basic ?? said.no } },
  ]
}

class NotJson extends Error {}

function jsonIn(text: string, { admin }: Words): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new NotJson(admin.people.role.json, { cause })
  }
}

function problemsIn(error: unknown, words: Words): Problems {
  return error instanceof NotJson ? [{ href: '#file', text: error.message }] : refusedWith(error, words)
}
