import type { Command } from 'commander'
import { LanyardError } from '../lib/errors.ts'
import { instant } from '../lib/time.ts'
import { createPasswords, passwordProblem } from '../users/passwords.ts'
import type { UserRegistry } from '../users/registry.ts'
import type { Account } from '../users/user.ts'
import { readJson } from './files.ts'
import { newPassword } from './new-password.ts'
import { inHouse, print, type Terminal, table } from './terminal.ts'
import { userCareCommands } from './user-care.ts'
import { userSessionCommands } from './user-sessions.ts'

type Json = { json?: boolean }
type Password = Json & { stdin?: boolean }

export function userCommands(program: Command, terminal: Terminal): void {
  const user = program.command('user').description('The people who can sign in.')

  user
    .command('add')
    .description('Add a user from a file.')
    .argument('<file>', 'JSON file')
    .option('--json', 'print JSON')
    .action((file: string, { json }: Json) =>
      inHouse(terminal, async ({ users }) => {
        tell(await users.add(readJson(terminal.folder, file), 'command'), json, 'Added')
      }),
    )
  user
    .command('list')
    .description('Show all users.')
    .option('--json', 'print JSON')
    .action(({ json }: Json) =>
      inHouse(terminal, async ({ users }) => {
        const found = await users.list()
        const rows = found.map(({ username, displayName, roles, fhirUser, status, origin }) => [
          username,
          displayName,
          roles.join(' '),
          fhirUser ?? '-',
          status,
          origin,
        ])
        print(terminal, json, found.map(shown), () =>
          table([['username', 'name', 'roles', 'fhir_user', 'status', 'from'], ...rows]),
        )
      }),
    )
  user
    .command('show')
    .description('Show one user.')
    .argument('<username>')
    .option('--json', 'print JSON')
    .action((username: string, _options: Json) =>
      inHouse(terminal, async ({ users }) => {
        print(terminal, true, shown(await known(users, username)), () => '')
      }),
    )
  user
    .command('update')
    .description('Replace what is known about a user by a file; the password stays if the file has none.')
    .argument('<username>')
    .argument('<file>', 'JSON file')
    .option('--json', 'print JSON')
    .action((username: string, file: string, { json }: Json) =>
      inHouse(terminal, async ({ users }) => {
        refuseConfigured(await known(users, username))
        tell(await users.update(username, readJson(terminal.folder, file)), json, 'Updated')
      }),
    )
  user
    .command('password')
    .description('Set a new password, asked for at the terminal; sessions and launches end at once.')
    .argument('<username>')
    .option('--stdin', 'read the password from standard input')
    .option('--json', 'print JSON')
    .action((username: string, { stdin, json }: Password) =>
      inHouse(terminal, async ({ users }) => {
        // Nobody is asked for the password of a user that is not there.
        await known(users, username)
        const done = await users.setPassword(username, await newPassword(terminal, { stdin: stdin === true }))
        print(
          terminal,
          json,
          shown(done),
          () => `${done.username} has a new password. Sessions and launches have ended.`,
        )
      }),
    )
  user
    .command('hash')
    .description('Print the hash of a password, for the password_hash of a file.')
    .option('--stdin', 'read the password from standard input')
    .option('--json', 'print JSON')
    .action(async ({ stdin, json }: Password) => {
      const password = await newPassword(terminal, { stdin: stdin === true })
      const problem = passwordProblem(password)
      if (problem !== undefined) throw new LanyardError('invalid-request', `The password ${problem}.`)
      const hash = await createPasswords().hash(password)
      print(terminal, json, { password_hash: hash }, () => hash)
    })
  user
    .command('disable')
    .description('Let a user in no more; sessions and launches end at once.')
    .argument('<username>')
    .option('--json', 'print JSON')
    .action((username: string, { json }: Json) =>
      inHouse(terminal, async ({ users }) => {
        const done = await users.setStatus(username, 'disabled')
        print(
          terminal,
          json,
          shown(done),
          () => `${done.username} is disabled. Sessions and launches have ended.`,
        )
      }),
    )
  user
    .command('enable')
    .description('Let a disabled user in again.')
    .argument('<username>')
    .option('--json', 'print JSON')
    .action((username: string, { json }: Json) =>
      inHouse(terminal, async ({ users }) => {
        // Without its file the configuration folder no longer owns it, or would disable it at the next start.
        const orphaned = (await known(users, username)).origin === 'config-gone'
        const done = await users.setStatus(username, 'active', orphaned ? { origin: 'command' } : {})
        print(terminal, json, shown(done), () => `${done.username} is enabled.`)
      }),
    )
  user
    .command('remove')
    .description('Remove a user and what they allowed; sessions and launches end at once.')
    .argument('<username>')
    .option('--json', 'print JSON')
    .action((username: string, { json }: Json) =>
      inHouse(terminal, async ({ users }) => {
        refuseConfigured(await known(users, username))
        await users.remove(username)
        print(
          terminal,
          json,
          { removed: username },
          () => `Removed ${username}. Sessions and launches have ended.`,
        )
      }),
    )
  userSessionCommands(user, terminal)
  userCareCommands(user, terminal)

  function tell(done: Account, json: boolean | undefined, verb: string): void {
    print(terminal, json, shown(done), () =>
      [
        `${verb} ${done.username} (${done.displayName}).`,
        ...(done.hasPassword
          ? []
          : [`There is no password yet. Set one with \`lanyard user password ${done.username}\`.`]),
      ].join('\n'),
    )
  }
}

async function known(users: UserRegistry, username: string): Promise<Account> {
  const found = await users.findByName(username)
  if (found !== undefined) return found
  throw new LanyardError('not-found', `There is no user "${username}". \`lanyard user list\` shows all.`)
}

/** What a command changes and the next start changes back is not changed. */
function refuseConfigured(user: Account): void {
  if (user.origin !== 'config') return
  throw new LanyardError(
    'conflict',
    `The user "${user.username}" comes from a file in the users folder. Change or delete that file and restart the server; \`lanyard user disable ${user.username}\` works at once.`,
  )
}

/** As a file would say it, and what the register adds. */
function shown(user: Account): Record<string, unknown> {
  return {
    user_id: user.id,
    username: user.username,
    display_name: user.displayName,
    roles: user.roles,
    ...(user.fhirUser === undefined ? {} : { fhir_user: user.fhirUser }),
    patients: user.patients,
    ...(Object.keys(user.attributes).length === 0 ? {} : { attributes: user.attributes }),
    has_password: user.hasPassword,
    status: user.status,
    origin: user.origin,
    created: instant(user.created),
    updated: instant(user.updated),
  }
}
