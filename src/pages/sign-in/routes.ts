import Router from '@koa/router'
import type { Audit } from '../../audit/audit.ts'
import type { Flights } from '../../launches/flights.ts'
import type { Choice, SignInSteps } from '../../launches/sign-in-step.ts'
import { LanyardError } from '../../lib/errors.ts'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import { consentWordsIn } from '../../smart/words/languages.ts'
import type { SignIn as SignInByPassword } from '../../users/sign-in.ts'
import type { Csrf } from '../csrf.ts'
import { postedForm } from '../form.ts'
import type { Page } from '../render.ts'
import { ownPagesOf } from '../return-to.ts'
import { formTarget } from '../security.ts'
import type { Words } from '../words/en.ts'
import { requestingApp } from './apps.ts'
import { consentPage } from './consent-page.ts'
import { consentModel, type DecidingDeps, decisionOf } from './deciding.ts'
import { devices } from './devices.ts'
import { type PickerDeps, pickerPage } from './picker.ts'
import { type Scene, type SignInScene, sceneOf } from './scene.ts'
import { type SignInFailure, signInPage } from './sign-in-page.ts'

export type SignInRouteDeps = DecidingDeps &
  PickerDeps &
  Parameters<typeof sceneOf>[1] & {
    steps: SignInSteps
    signIn: SignInByPassword
    audit: Pick<Audit, 'write'>
    flights: Pick<Flights, 'note'>
    csrf: Csrf
    wordsFor: (ctx: RequestContext) => Words
    /** Answers with a page whose form may lead to these places. */
    send: (ctx: RequestContext, page: Page, formAction: readonly string[]) => void
    /** Of demo mode: whom one can be, if anybody. */
    demoPeople: () => Promise<{ usernames: readonly string[]; password: string } | undefined>
  }

/** The pages between an authorization request and its code: sign in, choose, decide. */
export function signInRoutes(deps: SignInRouteDeps): Router<RequestState> {
  const router = new Router<RequestState>()
  router.get('/sign-in/:uid', async (ctx: RequestContext) => {
    ctx.state.route = 'sign-in'
    const scene = await sceneOf(ctx, deps)
    if ('goOn' in scene) return seeOther(ctx, scene.goOn)
    await show(ctx, scene, deps)
  })
  router.post('/sign-in/:uid', async (ctx: RequestContext) => {
    ctx.state.route = 'sign-in'
    const form = await postedForm(ctx)
    const scene = await sceneOf(ctx, deps)
    if ('goOn' in scene) return seeOther(ctx, scene.goOn)
    deps.csrf.check(form.get('csrf'), boundTo(scene))
    const address = await answer(ctx, scene, form, deps)
    if (address !== undefined) seeOther(ctx, address)
  })
  return router
}

/** 303, so that nothing that was posted here is posted on (AUTHZ-17). */
function seeOther(ctx: RequestContext, address: string): void {
  ctx.status = 303
  ctx.redirect(address)
}

/** @returns where to go on; nothing when a page was shown instead */
async function answer(
  ctx: RequestContext,
  scene: Scene,
  form: URLSearchParams,
  deps: SignInRouteDeps,
): Promise<string | undefined> {
  const decision = form.get('decision')
  if (decision === 'switch') return await deps.steps.switched(ctx)
  if (decision === 'deny') return await deps.steps.denied(ctx, deniedAt[scene.prompt])
  if (scene.prompt === 'login') return await signedIn(ctx, scene, form, deps)
  if (scene.prompt === 'context') {
    const q = form.get('q')
    // Posted, so that no name of a patient is part of an address, which histories and proxies keep.
    const isSearch = q !== null && scene.step.missing === 'patient' && !form.has('patient')
    if (!isSearch) return await deps.steps.chosen(ctx, choiceIn(scene.step, form))
    await show(ctx, scene, deps, { q: q.slice(0, 200) })
    return undefined
  }
  if (decision === 'allow') return await deps.steps.decided(ctx, await decisionOf(scene, form, deps))
  // A form without its button, as some browsers send it on Enter: nobody has decided anything.
  await show(ctx, scene, deps)
  return undefined
}

const deniedAt = {
  login: 'sign-in-cancelled',
  context: 'picker-cancelled',
  consent: 'consent-denied',
} as const

async function signedIn(
  ctx: RequestContext,
  scene: SignInScene,
  form: URLSearchParams,
  deps: SignInRouteDeps,
): Promise<string | undefined> {
  const username = (form.get('username') ?? '').slice(0, 200)
  const password = (form.get('password') ?? '').slice(0, 1000)
  const device = devices.idFor(ctx, username)
  const result = await deps.signIn({ username, password, address: ctx.ip, device })
  const { requestId } = ctx.state
  const entry = { event: 'user.sign-in', clientId: scene.client?.id, requestId } as const
  if ('refused' in result) {
    await deps.audit.write({ ...entry, outcome: 'refused', reason: result.refused, userId: result.userId })
    noteFailure('sign-in-failed', scene, deps)
    const { triesLeft, retryAfter } = result
    await show(ctx, scene, deps, { tried: { username, failure: { triesLeft, retryAfter } } })
    return undefined
  }
  const { id } = result.user
  // EHRL-08
  const { mustBe = id } = scene.step
  if (mustBe !== id) {
    await deps.audit.write({ ...entry, outcome: 'refused', reason: 'launch-other-user', userId: id })
    noteFailure('launch-other-user', scene, deps)
    throw new LanyardError(
      'forbidden',
      'This app was opened for somebody else. Sign in as the person who opened it, or open it again yourself.',
      { reason: 'launch-other-user' },
    )
  }
  await deps.audit.write({ ...entry, outcome: 'success', userId: id })
  devices.remember(ctx, username)
  return await deps.steps.signedIn(ctx, id)
}

function noteFailure(
  reason: 'sign-in-failed' | 'launch-other-user',
  { step: { flight } }: SignInScene,
  { flights }: SignInRouteDeps,
): void {
  if (flight !== undefined) flights.note(flight, { event: 'sign-in', outcome: 'refused', reason })
}

function choiceIn({ missing, type = '' }: Choice, form: URLSearchParams) {
  const value = form.get(missing === 'item' ? 'context' : missing)
  if (value === null || value.length > 200 || (missing === 'patient' && value === '')) {
    throw new LanyardError('invalid-request', 'Nothing was chosen. Go back and choose one of the list.', {
      reason: 'nothing-chosen',
    })
  }
  if (missing === 'item') return { item: { type, reference: value } }
  return missing === 'patient' ? { patient: value } : { encounter: value }
}

/** What was posted that the page shows again: a sign-in that failed, or a search. */
type Posted = { tried?: { username: string; failure: SignInFailure }; q?: string }

async function show(
  ctx: RequestContext,
  scene: Scene,
  deps: SignInRouteDeps,
  posted: Posted = {},
): Promise<void> {
  const page = await pageOf(ctx, scene, deps, posted)
  const { tried } = posted
  deps.send(ctx, page, [formTarget(scene.step.redirectUri)])
  const { retryAfter } = tried?.failure ?? {}
  if (retryAfter !== undefined) ctx.set('retry-after', String(retryAfter))
  ctx.status = tried === undefined ? 200 : retryAfter === undefined ? 400 : 429
}

async function pageOf(
  ctx: RequestContext,
  scene: Scene,
  deps: SignInRouteDeps,
  { tried, q = '' }: Posted,
): Promise<Page> {
  const words = deps.wordsFor(ctx)
  const flow = { action: `/sign-in/${scene.step.uid}`, csrf: deps.csrf.tokenFor(boundTo(scene)) }
  if (scene.prompt === 'consent')
    return consentPage({ ...flow, ...(await consentModel(scene, consentWordsIn(words.lang), deps)) }, words)
  if (scene.prompt === 'context') return await pickerPage(scene, { ...flow, q, words }, deps)
  deps.lookup.warm()
  const { step, client } = scene
  const app = client && requestingApp(client, step.redirectUri)
  return signInPage(
    {
      ...flow,
      client: app,
      username: tried?.username ?? step.loginHint,
      failure: tried?.failure,
      purpose: ownPagesOf(step.state ?? ''),
      again: step.again,
      cancel: app !== undefined,
      demo: await deps.demoPeople(),
    },
    words,
  )
}

function boundTo({ step, prompt }: Scene): string {
  return `sign-in ${step.uid} ${prompt}`
}
