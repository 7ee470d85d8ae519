import { z } from 'zod'
import type { Client, ClientRegistry } from '../clients/registry.ts'
import type { LaunchHandles, NewLaunch } from '../launches/handles.ts'
import type { LanyardError } from '../lib/errors.ts'
import { mistakesIn } from '../lib/mistakes.ts'
import { type LaunchContext, launchContext } from '../smart/launch-context.ts'
import { launchUrl } from '../smart/launch-url.ts'
import { reachOf, type User } from '../users/user.ts'
import type { Visible } from './authorize/context.ts'
import { oauthError } from './oauth-error.ts'

/** What an EHR says about a launch: the app, who is at the screen, and the launch context. */
const launchRequest = launchContext.extend({
  client_id: z.string().min(1).max(100),
  /** The user name. */
  user: z.string().min(1).max(100),
  /** Which of the app's launch URIs, if not the first. */
  launch_uri: z.string().max(2000).optional(),
})

/** What the EHR needs to open the app in the user's browser. */
export type LaunchAnswer = {
  launch: string
  /** The app's launch URI with `iss` and `launch`. */
  launch_url: string
  /** Seconds. */
  expires_in: number
}

export type NewLaunchDeps = {
  clients: Pick<ClientRegistry, 'find'>
  findUser: (username: string) => Promise<User | undefined>
  visible: Visible
  handles: Pick<LaunchHandles, 'create'>
  fhirBase: string
}

/** Makes a launch; the input is that of `POST /launch`. */
export type CreateLaunch = (
  input: unknown,
  maker: Omit<NewLaunch, 'clientId' | 'userId' | 'context'>,
) => Promise<LaunchAnswer>

/**
 * The EHR's half of an EHR launch, for the endpoint and for the command: all of it is checked when the launch is
 * made, so that a mistake is told to whoever made it and not to the user.
 * @returns a function that throws LanyardError `invalid_request` with a sentence about what is wrong
 */
export function createLaunches(deps: NewLaunchDeps): CreateLaunch {
  return async (input, maker) => {
    const { client_id, user: username, launch_uri, ...context } = parsed(input)
    const client = await appOf(client_id, deps)
    const launchUri = launchUriOf(client, launch_uri)
    const user = await userOf(username, deps)
    await checkVisible(context, { user, client }, deps)
    const { launch, expiresIn } = await deps.handles.create({
      clientId: client.id,
      userId: user.id,
      context,
      ...maker,
    })
    return {
      launch,
      launch_url: launchUrl(launchUri, { iss: deps.fhirBase, launch }),
      expires_in: expiresIn,
    }
  }
}

function parsed(input: unknown): z.infer<typeof launchRequest> {
  const result = launchRequest.safeParse(input)
  if (result.success) return result.data
  throw wrong('launch-malformed', `The launch cannot be made: ${mistakesIn(result.error).join('; ')}.`)
}

async function appOf(id: string, { clients }: NewLaunchDeps): Promise<Client> {
  const client = await clients.find(id)
  if (client === undefined) throw wrong('client-unknown', `There is no app "${id}".`)
  if (client.status !== 'active') throw wrong('client-disabled', `The app "${id}" is disabled.`)
  return client
}

function launchUriOf({ id, metadata }: Client, wanted: string | undefined): string {
  const [first, ...more] = metadata.launch_uris ?? []
  if (first === undefined) {
    throw wrong('launch-uri-missing', `The app "${id}" has no launch_uris, so an EHR cannot launch it.`)
  }
  const found = wanted === undefined ? first : [first, ...more].find((uri) => uri === wanted)
  if (found !== undefined) return found
  throw wrong('launch-uri-unknown', `launch_uri is none of those registered for the app "${id}".`)
}

async function userOf(username: string, { findUser }: NewLaunchDeps): Promise<User> {
  const user = await findUser(username)
  if (user === undefined) throw wrong('user-unknown', `There is no user "${username}".`)
  if (user.status !== 'active') throw wrong('user-disabled', `The user "${username}" is disabled.`)
  return user
}

/** CTX-10. What is in the patient's record must be of this patient; the rest only has to be seen. */
async function checkVisible(
  { patient, encounter, fhirContext = [] }: LaunchContext,
  { user, client }: { user: User; client: Client },
  { visible }: NewLaunchDeps,
): Promise<void> {
  const references = [
    ...(patient === undefined ? [] : [`Patient/${patient}`]),
    ...(encounter === undefined ? [] : [`Encounter/${encounter}`]),
    ...fhirContext.flatMap(({ reference }) => reference ?? []),
  ]
  for (const reference of references) {
    const of = reference.startsWith('Patient/') ? undefined : patient
    if (await visible(reachOf(user, client.id), reference, of)) continue
    const whose = of === undefined ? '' : `, or it is not in the record of Patient/${of}`
    throw wrong(
      'context-not-visible',
      `The user "${user.username}" cannot see ${reference}: there is no such resource, it is not for this user${whose}.`,
    )
  }
}

function wrong(reason: string, sentence: string): LanyardError {
  return oauthError('invalid_request', reason, sentence)
}
