import type { Context } from 'koa'
import { MINUTE } from '../../../lib/time.ts'
import type { Words } from '../../words/en.ts'
import { developerPaths } from '../paths.ts'

const NAME = 'lanyard_developer_done'
const options = { signed: true, httpOnly: true, sameSite: 'lax', path: developerPaths.apps } as const

export type Done = keyof Words['myApps']['done']

/** What a form has just done, for the page that follows it; in a signed cookie (admin/done.ts). */
export const developerDone = {
  /** @param name of the app that it was done to */
  say(ctx: Context, what: Done, name: string): void {
    const said = `${what}:${encodeURIComponent(name.slice(0, 200).toWellFormed())}`
    ctx.cookies.set(NAME, said, { ...options, overwrite: true, maxAge: 5 * MINUTE })
  },
  /** Tells it once, as a notice. */
  hear(ctx: Context, { myApps }: Words): { tone: 'ok'; text: string } | undefined {
    const said = ctx.cookies.get(NAME, { signed: true })
    if (said === undefined) return undefined
    ctx.cookies.set(NAME, null, { ...options, overwrite: true })
    const [what = '', name = ''] = said.split(':')
    if (!Object.hasOwn(myApps.done, what)) return undefined
    return { tone: 'ok', text: myApps.done[what as Done](decodeURIComponent(name)) }
  },
}
