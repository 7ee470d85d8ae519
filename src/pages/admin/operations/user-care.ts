import { z } from 'zod'
import type { ClientRegistry } from '../../../clients/registry.ts'
import type { LaunchGrants } from '../../../launches/grants.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { instant } from '../../../lib/time.ts'
import type { Vocabulary } from '../../../smart/scope.ts'
import type { Locks } from '../../../users/locks.ts'
import type { PasswordLinks } from '../../../users/password-links.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import { type Connection, connectionsOf, factsOf } from '../../account/connections.ts'
import { SET_PASSWORD } from '../../set-password.ts'
import { operation, reason } from './operation.ts'
import { userIn } from './users.ts'

export type UserCareDeps = {
  users: Pick<UserRegistry, 'findByName'>
  clients: Pick<ClientRegistry, 'find'>
  grants: Pick<LaunchGrants, 'ofUser' | 'end'>
  locks: Pick<Locks, 'lift'>
  passwordLinks: Pick<PasswordLinks, 'make'>
  vocabulary: Vocabulary
  issuer: string
}

const username = z.string().min(1).max(100)
const asked = z.object({ username, ...reason })
const allowed = z.object({
  id: z.string(),
  client_id: z.string(),
  client_name: z.string().optional().describe('Left out where the app is gone.'),
  patient: z.string().optional().describe('The id of the patient in context.'),
  scope: z.string(),
  since: z.iso.datetime(),
  until: z.iso.datetime(),
  last_used: z.iso.datetime().optional(),
  offline: z.boolean().describe('Also while the user is away.'),
})

/** What admins do for somebody: let them sign in again, give them a link for a password, end what they allowed. */
export function userCareOperations(deps: UserCareDeps) {
  const { users, clients, grants, locks, passwordLinks, vocabulary, issuer } = deps

  async function shown(connection: Connection): Promise<z.input<typeof allowed>> {
    const { id, scopes, since, until, lastUsed, offline } = factsOf(connection, vocabulary)
    const name = (await clients.find(connection.clientId))?.metadata.client_name
    return {
      id,
      client_id: connection.clientId,
      ...(name === undefined ? {} : { client_name: name }),
      ...(connection.patient === undefined ? {} : { patient: connection.patient }),
      scope: scopes,
      since: instant(since),
      until: instant(until),
      ...(lastUsed === undefined ? {} : { last_used: instant(lastUsed) }),
      offline,
    }
  }

  return {
    unlock: operation({
      name: 'unlockUser',
      method: 'post',
      path: '/users/{username}/unlock',
      summary: 'Forget the failed tries at a username, so that its owner can sign in at once.',
      needs: 'change',
      input: asked,
      output: z.object({ lifted: z.boolean().describe('Whether there were any.') }),
      run: async ({ username }, act) => ({ lifted: await locks.lift(await userIn(users, username), act) }),
    }),

    passwordLink: operation({
      name: 'makePasswordLink',
      method: 'post',
      path: '/users/{username}/password-link',
      summary: 'Make a link by which a user chooses a password. It works once, within a day.',
      needs: 'change',
      input: asked,
      output: z.object({ link: z.url(), expires: z.iso.datetime() }),
      status: 201,
      async run({ username }, act) {
        const { token, expires } = await passwordLinks.make((await userIn(users, username)).username, act)
        return {
          link: `${issuer}${SET_PASSWORD}?${new URLSearchParams({ token })}`,
          expires: instant(expires),
        }
      },
    }),

    apps: operation({
      name: 'listUserApps',
      method: 'get',
      path: '/users/{username}/apps',
      summary: 'Show what a user allows which apps at the moment, newest first.',
      needs: 'see',
      input: z.object({ username }),
      output: z.object({ items: z.array(allowed) }),
      async run({ username }) {
        const all = connectionsOf(await grants.ofUser((await userIn(users, username)).id))
        return { items: await Promise.all(all.map(shown)) }
      },
    }),

    endApp: operation({
      name: 'endUserApp',
      method: 'delete',
      path: '/users/{username}/apps/{id}',
      summary: 'End what a user allows an app for a patient, in all its launches; they are asked anew.',
      needs: 'change',
      input: asked.extend({ id: z.string().min(1).max(100) }),
      output: z.object({}),
      status: 204,
      async run({ username, id }, act) {
        const all = connectionsOf(await grants.ofUser((await userIn(users, username)).id))
        const one = all.find((connection) => connection.grants.some((grant) => grant.id === id))
        if (one === undefined)
          throw new LanyardError('not-found', `The user "${username}" allows no app that, or not any more.`)
        const { userId, clientId, patient } = one
        await grants.end({ userId, clientId, patient }, 'ended-by-admin', act)
        return {}
      },
    }),
  }
}
