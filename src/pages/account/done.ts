import type { Context } from 'koa'
import { MINUTE } from '../../lib/time.ts'
import { accountPaths } from './paths.ts'

const NAME = 'lanyard_done'
const options = { signed: true, httpOnly: true, sameSite: 'lax', path: accountPaths.apps } as const

export type Done = 'narrowed' | 'withdrawn' | 'ended' | 'changed'

/**
 * What a form has just done, for the page that follows it. In a signed cookie, as anybody could write an address that
 * says so.
 */
export const done = {
  /** @param clientId of the app that it was done to */
  say(ctx: Context, what: Done, clientId = ''): void {
    ctx.cookies.set(NAME, `${what}:${clientId}`, { ...options, overwrite: true, maxAge: 5 * MINUTE })
  },
  /** Tells it once. */
  hear(ctx: Context): { what: string; clientId: string } | undefined {
    const said = ctx.cookies.get(NAME, { signed: true })
    if (said === undefined) return undefined
    ctx.cookies.set(NAME, null, { ...options, overwrite: true })
    const [what = '', clientId = ''] = said.split(':')
    return { what, clientId }
  },
}
