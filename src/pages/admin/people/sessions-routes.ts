import type Router from '@koa/router'
import type { RequestState } from '../../../observe/request-context.ts'
import { agentInWords } from '../../account/agent.ts'
import { datesIn } from '../../dates.ts'
import type { Admin, AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Cell, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'

/** Sessions on one page. */
const PAGE = 25

type Listed = Awaited<ReturnType<AdminOperations['sessions']['list']['run']>>['items']

/** Who is signed in at the moment, and the end of that. */
export function sessionsRoutes(
  router: Router<RequestState>,
  { get }: AdminDoor,
  { operations }: { operations: Pick<AdminOperations, 'sessions'> },
): void {
  router.get(
    adminPaths.sessions,
    get(async ({ query }, admin) => {
      const { words, frame, actor } = admin
      const said = words.admin.people.sessions
      const after = typeof query.after === 'string' ? query.after : undefined
      const { items, next } = await perform(operations.sessions.list, { after, limit: PAGE }, actor)
      return sheetPage(frame, words, {
        part: 'users',
        title: said.title,
        lead: said.lead,
        crumbs: [{ name: words.admin.people.users.title, href: adminPaths.users }],
        sections: items.length === 0 ? [] : [{ heading: said.caption, table: tableOf(items, admin) }],
        empty: items.length === 0 ? { ...said.empty, icon: 'users' } : undefined,
        paging: {
          said: said.shown(items.length),
          first: after === undefined ? undefined : adminPaths.sessions,
          next:
            next === undefined ? undefined : `${adminPaths.sessions}?${new URLSearchParams({ after: next })}`,
        },
      })
    }),
  )
}

function tableOf(items: Listed, { words, mayChange }: Admin): Table {
  const { sessions, user: said } = words.admin.people
  const { since, address, agent, end } = said.sessionColumns
  const dates = datesIn(words)
  return {
    caption: sessions.caption,
    columns: [
      { label: sessions.user },
      { label: since },
      { label: address },
      { label: agent },
      ...(mayChange ? [{ label: end, act: true }] : []),
    ],
    rows: items.map(({ id, username, display_name: name, since: at, address: from, agent: browser }) => {
      const path = username === undefined ? undefined : adminPaths.user(username)
      const cells: Cell[] = [
        { text: name ?? sessions.gone, href: path, hint: username },
        { time: dates.moment(Date.parse(at)) },
        { code: from },
        { text: agentInWords(browser, words) },
      ]
      const act: Cell =
        path === undefined
          ? { text: '' }
          : { button: { text: said.end, href: `${path}/end?id=${encodeURIComponent(id)}`, hidden: name } }
      return mayChange ? [...cells, act] : cells
    }),
  }
}
