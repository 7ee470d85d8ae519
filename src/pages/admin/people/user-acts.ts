import type Router from '@koa/router'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import { datesIn } from '../../dates.ts'
import { confirmPage } from '../confirm-page.ts'
import { adminDone } from '../done.ts'
import type { AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'

const acts = ['disable', 'enable', 'remove', 'end', 'end-app', 'unlock', 'link'] as const
/** What takes something from somebody for good. */
const dangers: ReadonlySet<string> = new Set(['disable', 'remove', 'end', 'end-app'])

/** What is done with somebody after it was asked. */
export function userActs(
  router: Router<RequestState>,
  { ask, post }: AdminDoor,
  { operations: { users } }: { operations: Pick<AdminOperations, 'users'> },
): void {
  for (const what of acts) {
    router.get(
      `/admin/users/:name/${what}`,
      ask(async (ctx, { words, frame, csrf, actor }) => {
        const user = await perform(users.show, { username: String(ctx.params.name) }, actor)
        const said = words.admin.people.user
        const path = adminPaths.user(user.username)
        const heading = what === 'end' ? said.endHeading : said[`${what}Heading`](user.display_name)
        return confirmPage(frame, words, {
          part: 'users',
          crumbs: [
            { name: words.admin.people.users.title, href: adminPaths.users },
            { name: user.display_name, href: path },
          ],
          heading,
          effect: said[`${what}Effect`],
          danger: dangers.has(what),
          button: said[what],
          action: `${path}/${what}${idIn(ctx) === '' ? '' : `?id=${encodeURIComponent(idIn(ctx))}`}`,
          keep: said.keep,
          keepHref: path,
          csrf,
          version: user.version,
        })
      }),
    )
    router.post(
      `/admin/users/:name/${what}`,
      post(async (ctx, { actor, words, frame }, { form }) => {
        const username = String(ctx.params.name)
        const reason = form.get('reason') ?? ''
        const edit = { username, version: form.get('version') ?? '', reason }
        const path = adminPaths.user(username)
        switch (what) {
          case 'end':
            await perform(users.endSession, { username, id: idIn(ctx), reason }, actor)
            break
          case 'end-app':
            await perform(users.endApp, { username, id: idIn(ctx), reason }, actor)
            break
          case 'unlock':
            await perform(users.unlock, { username, reason }, actor)
            break
          case 'remove':
            await perform(users.remove, edit, actor)
            break
          case 'link': {
            const { link, expires } = await perform(users.passwordLink, { username, reason }, actor)
            const said = words.admin.people.user
            const until = datesIn(words).moment(Date.parse(expires)).people
            return sheetPage(frame, words, {
              part: 'users',
              title: said.linkMade,
              crumbs: [
                { name: words.admin.people.users.title, href: adminPaths.users },
                { name: username, href: path },
              ],
              kept: false,
              notice: { tone: 'warn', text: said.linkText(username, until) },
              sections: [
                {
                  heading: said.link,
                  codes: [{ caption: username, what: said.linkWhat, pieces: [{ text: link }] }],
                },
              ],
            })
          }
          default: {
            const status = what === 'enable' ? 'active' : 'disabled'
            await perform(users.setStatus, { ...edit, status }, actor)
          }
        }
        adminDone.say(ctx, 'changed', username)
        return what === 'remove' ? adminPaths.users : path
      }),
    )
  }
}

function idIn({ query }: RequestContext): string {
  return typeof query.id === 'string' ? query.id : ''
}
