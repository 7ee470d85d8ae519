import type { Context } from 'koa'
import { sha256 } from '../../lib/id.ts'
import { DAY } from '../../lib/time.ts'

const NAME = 'lanyard_device'
/** People who share a device, at most. */
const MOST = 10

/**
 * Remembers in a signed cookie who has signed in on a device, so that strangers who guess at an account cannot keep
 * its owner out.
 */
export const devices = {
  knows(ctx: Context, username: string): boolean {
    return usersOn(ctx).includes(markOf(username))
  },
  remember(ctx: Context, username: string): void {
    const mark = markOf(username)
    const users = [mark, ...usersOn(ctx).filter((other) => other !== mark)].slice(0, MOST)
    ctx.cookies.set(NAME, users.join('.'), {
      signed: true,
      httpOnly: true,
      sameSite: 'lax',
      overwrite: true,
      maxAge: 365 * DAY,
    })
  },
}

function usersOn(ctx: Context): string[] {
  return ctx.cookies.get(NAME, { signed: true })?.split('.') ?? []
}

function markOf(username: string): string {
  return sha256(username.trim().toLowerCase()).slice(0, 16)
}
