import type { Client } from '../../clients/registry.ts'
import type { Choice, Consent, GoOn, SignIn, SignInStep, SignInSteps } from '../../launches/sign-in-step.ts'
import { LanyardError } from '../../lib/errors.ts'
import type { RequestContext } from '../../observe/request-context.ts'
import type { User } from '../../users/user.ts'

type Step = Omit<SignInStep, 'prompt'>
/** A step with the app and the person it is about. Only a sign-in can be without an app, for the account pages. */
export type Scene =
  | { prompt: 'login'; step: Step & SignIn; client: Client | undefined }
  | { prompt: 'context'; step: Step & Choice; client: Client; user: User }
  | { prompt: 'consent'; step: Step & Consent; client: Client; user: User }
export type ConsentScene = Extract<Scene, { prompt: 'consent' }>
export type ChoiceScene = Extract<Scene, { prompt: 'context' }>
export type SignInScene = Extract<Scene, { prompt: 'login' }>

type Deps = {
  steps: Pick<SignInSteps, 'current'>
  clients: { find: (id: string) => Promise<Client | undefined> }
  users: { find: (id: string) => Promise<User | undefined> }
}

/** @throws LanyardError if the way has run out, or the app or the account has ended meanwhile */
export async function sceneOf(ctx: RequestContext, { steps, clients, users }: Deps): Promise<Scene | GoOn> {
  const step = await steps.current(ctx)
  if ('goOn' in step) return step
  const client = step.clientId === undefined ? undefined : await clients.find(step.clientId)
  if (step.prompt === 'login') return { prompt: 'login', step, client }
  const user = await users.find(step.userId)
  if (client === undefined || user === undefined) {
    throw new LanyardError('forbidden', 'This app or this account is not registered any more.', {
      reason: 'client-unknown',
    })
  }
  return step.prompt === 'context'
    ? { prompt: 'context', step, client, user }
    : { prompt: 'consent', step, client, user }
}
