import type { Context } from 'koa'
import { SECOND } from '../lib/time.ts'

const NAME = 'lanyard_simulated'

/**
 * Makes a browser ready for a launch of the simulator that its app begins by itself: the request of an app says
 * nothing of the simulator, so that the browser has to. It concerns this browser and nobody else who uses the app.
 */
export const readyBrowser = {
  handle(ctx: Pick<Context, 'cookies'>): string | undefined {
    return ctx.cookies.get(NAME, { signed: false })
  },
  /** @param seconds for how long */
  make(ctx: Pick<Context, 'cookies'>, handle: string, seconds: number): void {
    ctx.cookies.set(NAME, handle, {
      signed: false,
      httpOnly: true,
      // The app leads the browser here by an address, with which such cookies come.
      sameSite: 'lax',
      path: '/oauth2/authorize',
      overwrite: true,
      maxAge: seconds * SECOND,
    })
  },
}
