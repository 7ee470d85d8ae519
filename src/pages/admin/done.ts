import type { Context } from 'koa'
import { MINUTE } from '../../lib/time.ts'
import type { Words } from '../words/en.ts'

const NAME = 'lanyard_admin_done'
const options = { signed: true, httpOnly: true, sameSite: 'lax', path: '/admin' } as const

export type Done = keyof Words['admin']['done']

/**
 * What a form of the console has just done, for the page that follows it. In a signed cookie, as anybody could write an
 * address that says so.
 */
export const adminDone = {
  /** @param name of whom or what it was done to */
  say(ctx: Context, what: Done, name: string): void {
    const said = `${what}:${encodeURIComponent(name.slice(0, 200).toWellFormed())}`
    ctx.cookies.set(NAME, said, { ...options, overwrite: true, maxAge: 5 * MINUTE })
  },
  /** Tells it once, as a sentence. */
  hear(ctx: Context, { admin }: Words): string | undefined {
    const said = ctx.cookies.get(NAME, { signed: true })
    if (said === undefined) return undefined
    ctx.cookies.set(NAME, null, { ...options, overwrite: true })
    const [what = '', name = ''] = said.split(':')
    return Object.hasOwn(admin.done, what) ? admin.done[what as Done](decodeURIComponent(name)) : undefined
  },
}
