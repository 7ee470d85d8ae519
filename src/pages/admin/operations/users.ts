import { z } from 'zod'
import type { ListedSession } from '../../../launches/sign-in-step.ts'
import type { Act } from '../../../lib/act.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { instant } from '../../../lib/time.ts'
import { roleName } from '../../../smart/policy.ts'
import type { Locks } from '../../../users/locks.ts'
import type { UserOverview } from '../../../users/overview.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import type { Account, User } from '../../../users/user.ts'
import { userFile } from '../../../users/user-file.ts'
import { pageOf, readCursor } from './cursor.ts'
import { documentedBy } from './documented.ts'
import { operation, paging, reason, soughtText, version } from './operation.ts'

export type UserOperationDeps = {
  users: Pick<UserRegistry, 'findByName' | 'add' | 'update' | 'setStatus' | 'remove'>
  userOverview: Pick<UserOverview, 'page' | 'lastSignIns'>
  locks: Pick<Locks, 'of'>
  sessions: {
    list: (userId: string) => Promise<ListedSession[]>
    end: (session: { uid: string; userId: string }, act: Act) => Promise<boolean>
  }
}

const username = z.string().min(1).max(100)
const file = documentedBy('UserFile', userFile)
const edit = z.object({ username, version, ...reason })

const user = z.object({
  username,
  display_name: z.string(),
  roles: z.array(z.string()),
  fhir_user: z.string().optional(),
  patients: z.union([z.literal('all'), z.array(z.string())]),
  attributes: z.record(z.string(), z.unknown()),
  status: z.enum(['active', 'disabled']),
  origin: z.string(),
  has_password: z.boolean(),
  last_sign_in: z.iso.datetime().optional(),
  locked_until: z.iso.datetime().optional().describe('Too many failed tries, from somewhere.'),
  version: z.number().int(),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
})
const session = z.object({
  id: z.string(),
  since: z.iso.datetime(),
  address: z.string(),
  agent: z.string(),
})

/** What admins do with the people who can sign in. */
export function userOperations({ users, userOverview, locks, sessions }: UserOperationDeps) {
  /** With when they signed in last, and whether they are kept out at the moment. */
  async function withSignIns(accounts: readonly Account[]) {
    const last = await userOverview.lastSignIns(accounts.map(({ id }) => id))
    const locked = await locks.of(accounts.map(({ username }) => username))
    return accounts.map((one): z.input<typeof user> => {
      const [at, until] = [last.get(one.id), locked.get(one.username)]
      return {
        ...shown(one),
        ...(at === undefined ? {} : { last_sign_in: instant(at) }),
        ...(until === undefined ? {} : { locked_until: instant(until) }),
      }
    })
  }

  /** What the console changes and the next start changes back is not changed. */
  async function ours(name: string): Promise<void> {
    if ((await userIn(users, name)).origin !== 'config') return
    throw new LanyardError(
      'conflict',
      `The user "${name}" comes from a file in the users folder. Change or delete that file and restart the server; to disable them works at once.`,
      { reason: 'configured' },
    )
  }

  return {
    list: operation({
      name: 'listUsers',
      method: 'get',
      path: '/users',
      summary: 'Look through the users, by username.',
      needs: 'see',
      input: z.object({
        q: soughtText(200).optional().describe('Part of the username or the name.'),
        status: z.enum(['active', 'disabled']).optional(),
        role: z.string().regex(roleName, 'must be the name of a role').optional(),
        ...paging,
      }),
      output: z.object({ items: z.array(user), next: z.string().optional() }),
      async run({ q, status, role, after, limit }) {
        const behind = readCursor(after, z.object({ username })) ?? { username: '' }
        const items = await userOverview.page({ text: q, status, role }, behind.username, limit + 1)
        const { items: page, next } = pageOf(items, limit, (one) => ({ username: one.username }))
        return { items: await withSignIns(page), next }
      },
    }),

    show: operation({
      name: 'showUser',
      method: 'get',
      path: '/users/{username}',
      summary: 'Show a user.',
      needs: 'see',
      input: z.object({ username }),
      output: user,
      async run({ username }) {
        const account = await userIn(users, username)
        const [one = shown(account)] = await withSignIns([account])
        return one
      },
    }),

    add: operation({
      name: 'addUser',
      method: 'post',
      path: '/users',
      summary: 'Add a user.',
      needs: 'change',
      input: z.object({ user: file, ...reason }),
      output: user,
      status: 201,
      run: async ({ user }, act) => shown(await users.add(user, 'console', act)),
    }),

    update: operation({
      name: 'updateUser',
      method: 'put',
      path: '/users/{username}',
      summary: 'Replace what is known about a user; the password stays unless a new one is given.',
      needs: 'change',
      input: edit.extend({ user: file }),
      output: user,
      async run({ username, version, user }, act) {
        await ours(username)
        return shown(await users.update(username, user, { ...act, version, keepsAnAdmin: true }))
      },
    }),

    setStatus: operation({
      name: 'setUserStatus',
      method: 'put',
      path: '/users/{username}/status',
      summary: 'Enable or disable a user; sessions and launches of a disabled one end at once.',
      needs: 'change',
      input: edit.extend({ status: z.enum(['active', 'disabled']) }),
      output: user,
      async run({ username, version, status }, act) {
        const orphaned = status === 'active' && (await userIn(users, username)).origin === 'config-gone'
        const origin = orphaned ? { origin: 'console' as const } : {}
        return shown(
          await users.setStatus(username, status, { ...act, version, keepsAnAdmin: true, ...origin }),
        )
      },
    }),

    remove: operation({
      name: 'removeUser',
      method: 'delete',
      path: '/users/{username}',
      summary: 'Remove a user with what they allowed; sessions and launches end at once.',
      needs: 'change',
      input: edit,
      output: z.object({}),
      status: 204,
      async run({ username, version }, act) {
        await ours(username)
        await users.remove(username, { ...act, version, keepsAnAdmin: true })
        return {}
      },
    }),

    sessions: operation({
      name: 'listUserSessions',
      method: 'get',
      path: '/users/{username}/sessions',
      summary: 'Show where a user is signed in, newest first.',
      needs: 'see',
      input: z.object({ username }),
      output: z.object({ items: z.array(session) }),
      async run({ username }) {
        const listed = await sessions.list((await userIn(users, username)).id)
        return {
          items: listed.map(({ uid, at, address, agent }) => ({
            id: uid,
            since: instant(at),
            address,
            agent,
          })),
        }
      },
    }),

    endSession: operation({
      name: 'endUserSession',
      method: 'delete',
      path: '/users/{username}/sessions/{id}',
      summary: 'End a session of a user, with the launches that live by it.',
      needs: 'change',
      input: z.object({ username, id: z.string().min(1).max(200), ...reason }),
      output: z.object({}),
      status: 204,
      async run({ username, id }, act) {
        const ended = await sessions.end({ uid: id, userId: (await userIn(users, username)).id }, act)
        if (!ended) throw new LanyardError('not-found', 'There is no such session, or it has ended already.')
        return {}
      },
    }),
  }
}

/** The user of a name. @throws LanyardError `not-found` */
export async function userIn(users: Pick<UserRegistry, 'findByName'>, name: string): Promise<User> {
  const user = await users.findByName(name)
  if (user === undefined) throw new LanyardError('not-found', `There is no user "${name}".`)
  return user
}

function shown(one: Account): z.input<typeof user> {
  return {
    username: one.username,
    display_name: one.displayName,
    roles: [...one.roles],
    ...(one.fhirUser === undefined ? {} : { fhir_user: one.fhirUser }),
    patients: one.patients === 'all' ? 'all' : [...one.patients],
    attributes: { ...one.attributes },
    status: one.status,
    origin: one.origin,
    has_password: one.hasPassword,
    version: one.version,
    created: instant(one.created),
    updated: instant(one.updated),
  }
}
