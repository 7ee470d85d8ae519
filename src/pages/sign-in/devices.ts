import type { Context } from 'koa'
import { randomId, sha256 } from '../../lib/id.ts'
import { DAY } from '../../lib/time.ts'

const NAME = 'lanyard_device'
/** People who share a device, at most. */
const MOST = 10

/**
 * Remembers in a signed cookie who has signed in on a device, so that those who guess at an account elsewhere cannot
 * keep its owner out: `<device>.<user>.<user>…`, who signed in last first.
 */
export const devices = {
  /** The id of the device, if this user has signed in on it before. */
  idFor(ctx: Context, username: string): string | undefined {
    const { id, users } = deviceOf(ctx)
    return users.includes(markOf(username)) ? id : undefined
  },
  remember(ctx: Context, username: string): void {
    const { id = randomId(), users } = deviceOf(ctx)
    const mark = markOf(username)
    const marks = [mark, ...users.filter((other) => other !== mark)].slice(0, MOST)
    ctx.cookies.set(NAME, [id, ...marks].join('.'), {
      signed: true,
      httpOnly: true,
      sameSite: 'lax',
      overwrite: true,
      maxAge: 365 * DAY,
    })
  },
}

function deviceOf(ctx: Context): { id: string | undefined; users: string[] } {
  const [id, ...users] = ctx.cookies.get(NAME, { signed: true })?.split('.') ?? []
  return { id, users }
}

function markOf(username: string): string {
  return sha256(username.trim().toLowerCase()).slice(0, 16)
}
