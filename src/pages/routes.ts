import { resolve } from 'node:path'
import Router from '@koa/router'
import type { Context, Next } from 'koa'
import compose from 'koa-compose'
import type { WatchedBranding } from '../branding/watched-branding.ts'
import type { Logos } from '../clients/logos.ts'
import { LanyardError } from '../lib/errors.ts'
import { type Clock, DAY } from '../lib/time.ts'
import type { Log } from '../observe/log.ts'
import type { RequestContext, RequestState } from '../observe/request-context.ts'
import type { Endpoints } from '../smart/discovery.ts'
import { styleOf } from '../smart/style.ts'
import type { FirstAdmin } from '../users/first-admin.ts'
import type { PasswordLinks } from '../users/password-links.ts'
import { type AccountRouteDeps, accountRoutes } from './account/routes.ts'
import { addressesOf } from './addresses.ts'
import { type AdminRouteDeps, adminRoutes } from './admin/routes.ts'
import { logoAddress } from './app-face.ts'
import { loadAssets } from './assets.ts'
import { createCsrf } from './csrf.ts'
import { datesIn } from './dates.ts'
import { demoApp } from './demo-app.ts'
import { type DeveloperDeps, developerRoutes } from './developer/routes.ts'
import { errorPages } from './error-page.ts'
import type { DemoBackend } from './first-token.ts'
import { postedForm } from './form.ts'
import { helpPage } from './help.ts'
import { landingPage } from './landing.ts'
import { chosenLanguage, LANGUAGE_COOKIE, languages, wordsFor } from './language.ts'
import { logoRoute } from './logos.ts'
import { createRender, sendPage } from './render.ts'
import { formTarget } from './security.ts'
import { setPasswordRoutes } from './set-password.ts'
import { setUpRoutes } from './set-up.ts'
import { type SignInRouteDeps, signInRoutes } from './sign-in/routes.ts'
import { signOutPage } from './sign-in/sign-out-page.ts'
import { signedOutPage } from './sign-in/signed-out-page.ts'
import { en } from './words/en.ts'
import { plain } from './words/plain.ts'

type Deps = Omit<SignInRouteDeps, 'csrf' | 'wordsFor' | 'send'> &
  Omit<AccountRouteDeps, 'csrf' | 'wordsFor' | 'send'> &
  Omit<AdminRouteDeps, 'csrf' | 'wordsFor' | 'send' | 'issuer'> &
  Omit<DeveloperDeps, 'folder' | 'site' | 'csrf' | 'wordsFor' | 'send'> & {
    endpoints: Endpoints
    demo: boolean
    /** Whether records are open to everybody. */
    open: boolean
    clock: Clock
    log: Log
    /** Origins that may show the sign-in pages in a frame. */
    frameAncestors: readonly string[]
    csrfSecret: string
    /** Makes the first admin, by the link that the first start prints. */
    firstAdmin: Pick<FirstAdmin, 'check' | 'create'>
    passwordLinks: PasswordLinks
    logos: Pick<Logos, 'find' | 'set'>
    branding: WatchedBranding
    /** The backend service of the demo, if there is one now. */
    demoBackend: () => Promise<DemoBackend | undefined>
    /** The EHR of the demo. `create` returns the address at which the app opens. */
    demoLaunch: { isReady: () => Promise<boolean>; create: (requestId: string) => Promise<string> }
  }

const EHR = '/demo/ehr-launch'
const views = resolve(import.meta.dirname, '../../views')

/**
 * The HTML side of the server, in the order of use: `errors` around everything, `assets` before the host is
 * looked at (the page that refuses a foreign host needs them), `routes` where the other routers are.
 */
export function pages({
  endpoints,
  demo,
  open,
  clock,
  log,
  demoBackend,
  demoLaunch,
  frameAncestors,
  ...deps
}: Deps) {
  const usual = demo ? en.demo.site : new URL(endpoints.issuer).host
  const { now, register } = deps.branding
  const site = () => now().name ?? usual
  const look = () => {
    const { name, accent, logo } = now()
    return { name, sheet: styleOf(accent).sheet?.path, logo: logo && logoAddress(logo) }
  }
  const assets = loadAssets(resolve(views, 'assets'))
  const render = createRender({ folder: views, site: usual, look, demo, open, asset: assets.address })
  const csrf = createCsrf(deps.csrfSecret)

  const router = new Router<RequestState>()
  router.all('/', only('GET', 'HEAD'), async (ctx) => {
    const backend = demo ? await demoBackend() : undefined
    const glance =
      demo && (await demoLaunch.isReady())
        ? { launch: '/demo/app/launch.html', ehr: EHR, csrf: csrf.tokenFor(EHR) }
        : undefined
    sendPage(
      ctx,
      render(landingPage({ words: wordsFor(ctx), endpoints, site: site(), demo, backend, glance })),
    )
  })
  router.get(
    '/logos/:hash',
    logoRoute(async (hash) => (await deps.logos.find(hash)) ?? (await register.findLogo(hash))),
  )
  router.all('/help', only('GET', 'HEAD'), (ctx) => sendPage(ctx, render(helpPage(wordsFor(ctx)))))
  setUpRoutes(router, { ...deps, wordsFor, send: (ctx, page) => sendPage(ctx, render(page)) })
  setPasswordRoutes(router, { ...deps, wordsFor, send: (ctx, page) => sendPage(ctx, render(page)) })
  const signIn = signInRoutes({
    ...deps,
    clock,
    csrf,
    wordsFor,
    send: (ctx, page, formAction) => sendPage(ctx, render(page), { formAction, frameAncestors }),
  })
  const account = accountRoutes({
    ...deps,
    clock,
    csrf,
    wordsFor,
    send: (ctx, page) => sendPage(ctx, render(page)),
  })
  const admin = adminRoutes({
    ...deps,
    issuer: endpoints.issuer,
    endpoints,
    clock,
    log,
    csrf,
    wordsFor,
    send: (ctx, page) => sendPage(ctx, render(page)),
  })
  const developer = developerRoutes({
    ...deps,
    folder: views,
    endpoints,
    site,
    demo,
    clock,
    csrf,
    wordsFor,
    send: (ctx, page, exceptions) => sendPage(ctx, render(page), exceptions),
  })
  if (demo) {
    // What an EHR does when somebody clicks on an app in a chart.
    router.post(EHR, async (ctx: RequestContext) => {
      csrf.check((await postedForm(ctx)).get('csrf'), EHR)
      ctx.status = 303
      ctx.redirect(await demoLaunch.create(ctx.state.requestId))
    })
  }
  const app = demo ? demoApp({ folder: views, baseUrl: endpoints.issuer, open }) : undefined
  const routers = [router, signIn, account, ...admin, developer]

  return {
    /** Makes ready, in small pieces, what the first visits would wait for. */
    async warm(): Promise<void> {
      for (const dates of languages.map((words) => datesIn(words)))
        for (const say of [dates.moment, dates.second, dates.dayOfYear, dates.time]) say(clock())
      await render.warm()
    },
    errors: errorPages({ render, endpoints, clock, log, frameAncestors }),
    assets: assets.serve,
    routes: compose([
      keepLanguage,
      ...(app === undefined ? [] : [app]),
      ...routers.map((one) => one.routes()),
    ]),
    addresses: addressesOf(routers),
    /** For oidc-provider, which asks before it ends a session. */
    signOut(
      ctx: Context,
      { action, xsrf, returnTo }: { action: string; xsrf: string; returnTo?: string },
    ): void {
      const page = signOutPage({ action, fields: { xsrf, logout: 'yes' }, stay: '/account' }, wordsFor(ctx))
      sendPage(ctx, render(page), { formAction: returnTo === undefined ? [] : [formTarget(returnTo)] })
    },
    signedOut(ctx: Context): void {
      sendPage(ctx, render(signedOutPage({ signIn: '/account' }, wordsFor(ctx))))
    },
  }
}

/** Keeps a language that was chosen by a link, for the pages after it. */
function keepLanguage(ctx: RequestContext, next: Next): Promise<void> {
  const chosen = chosenLanguage(ctx)
  if (chosen !== undefined)
    ctx.cookies.set(LANGUAGE_COOKIE, chosen.lang, {
      sameSite: 'lax',
      httpOnly: true,
      signed: false,
      maxAge: 365 * DAY,
    })
  return next()
}

/** Refuses other methods, and says which there are. */
function only(...methods: string[]) {
  const allow = methods.join(', ')
  return (ctx: RequestContext, next: Next): Promise<void> => {
    if (methods.includes(ctx.method)) return next()
    throw new LanyardError('method-not-allowed', plain.methodNotAllowed(allow), {
      reason: 'method',
      headers: { allow },
    })
  }
}
