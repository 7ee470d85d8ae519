import { errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { ACCOUNT_CLIENT } from './provider-client.ts'
import { invalidScope, launchRefused } from './provider-error.ts'
import { handedOver, type LaunchRequest, loadRequest, type RequestDeps } from './request.ts'

const { Check, Prompt, base } = interactionPolicy

/** What is kept in an interaction between its steps. */
export type StepResults = {
  context?: { patient?: string; encounter?: string; items?: Record<string, string> }
  consent?: { granted: string; duration: 'hour' | 'months' | 'year' }
}

type Deps = RequestDeps & {
  /**
   * Grants the launch if it is decided: now, by a remembered decision, or by the setting of the client.
   * @returns false if the user must be asked
   */
  grant: (ctx: KoaContextWithOIDC, request: LaunchRequest) => Promise<boolean>
}

/**
 * The order in which people are asked: who they are, (a second factor will stand here), which record, and what the
 * app may do. Each check says whether its question is still open.
 */
export function promptPolicy(deps: Deps): interactionPolicy.Prompt[] {
  const [login] = base()
  if (login === undefined) throw new Error('oidc-provider has no login prompt')
  login.checks.add(accountGone())
  login.checks.add(launchOfAnother(deps))
  return [login, contextPrompt(deps), consentPrompt(deps)]
}

/** The request as this user makes it; undefined for the account pages, which ask for nothing. */
async function requestOf(ctx: KoaContextWithOIDC, deps: Deps): Promise<LaunchRequest | undefined> {
  if (ctx.oidc.client?.clientId === ACCOUNT_CLIENT) return undefined
  const { context = {} } = (ctx.oidc.result ?? {}) as StepResults
  const request = await loadRequest(ctx.oidc.params ?? {}, ctx.oidc.session?.accountId, context, deps)
  if ('refused' in request) {
    if (request.refused !== 'ended') throw launchRefused(request.refused)
    throw new errors.AccessDenied('the user or the app is not active any more', 'user-ended')
  }
  if (request.asked.length === 0) throw invalidScope(request.notGranted[0]?.sentence ?? '', 'scope-none-left')
  return request
}

/** A session whose user was disabled or removed is none. */
function accountGone() {
  return new Check('account_gone', 'End-User authentication is required', 'login_required', (ctx) =>
    ctx.oidc.session?.accountId !== undefined && ctx.oidc.account === undefined
      ? Check.REQUEST_PROMPT
      : Check.NO_NEED_TO_PROMPT,
  )
}

/** EHRL-08: the app was opened for the user who is signed in there. */
function launchOfAnother(deps: Deps) {
  return new Check('launch_user', 'The app was launched for another user', 'login_required', async (ctx) => {
    const handed = await handedOver(ctx.oidc.params ?? {}, deps)
    if (handed !== undefined && 'refused' in handed) throw launchRefused(handed.refused)
    return handed !== undefined && handed.userId !== ctx.oidc.session?.accountId
      ? Check.REQUEST_PROMPT
      : Check.NO_NEED_TO_PROMPT
  })
}

function contextPrompt(deps: Deps) {
  return new Prompt(
    { name: 'context', requestable: false },
    new Check('context_open', 'A patient must be chosen', 'interaction_required', async (ctx) => {
      const request = await requestOf(ctx, deps)
      if (request === undefined) return Check.NO_NEED_TO_PROMPT
      if ('refused' in request.context) {
        throw new errors.AccessDenied(
          'there is no record that the app could be opened for',
          request.context.refused,
        )
      }
      return 'missing' in request.context ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT
    }),
  )
}

function consentPrompt(deps: Deps) {
  return new Prompt(
    { name: 'consent', requestable: true },
    new Check('consent_open', 'The user must decide', 'consent_required', async (ctx) => {
      const request = await requestOf(ctx, deps)
      if (request === undefined) return Check.NO_NEED_TO_PROMPT
      return (await deps.grant(ctx, request)) ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT
    }),
  )
}
