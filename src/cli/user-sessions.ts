import type { Command } from 'commander'
import type { House } from '../house.ts'
import { createSessions } from '../oidc/authorize/sessions.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { sessionOperations } from '../pages/admin/operations/sessions.ts'
import { userOperations } from '../pages/admin/operations/users.ts'
import { peopleOf } from './people.ts'
import { commandLine, inHouse, print, type Terminal, table } from './terminal.ts'

type Json = { json?: boolean }
type Listed = { id: string; since: string; address: string; agent: string }

/** Where a user is signed in, as the console shows it. */
export function userSessionCommands(user: Command, terminal: Terminal): void {
  user
    .command('sessions')
    .description('Show where a user is signed in, newest first; without a name, who is signed in at all.')
    .argument('[username]')
    .option('--json', 'print JSON')
    .action((username: string | undefined, { json }: Json) =>
      inHouse(terminal, async (house) => {
        const sessions = createSessions(house)
        const all = sessionOperations({ ...house, sessions }).list
        const items: readonly (Listed & { username?: string })[] =
          username === undefined
            ? (await perform(all, { limit: 200 }, commandLine)).items
            : (await perform(operationsIn(house).sessions, { username }, commandLine)).items
        const rows = items.map((one) => [
          one.id,
          one.username ?? username ?? 'a user who is gone',
          one.since,
          one.address,
          one.agent,
        ])
        print(terminal, json, items, () =>
          rows.length === 0
            ? `${username ?? 'Nobody'} is signed in${username === undefined ? '' : ' nowhere'}.`
            : table([['id', 'username', 'since', 'address', 'browser'], ...rows]),
        )
      }),
    )
  user
    .command('end-session')
    .description('Sign a user out of one browser, with the launches that live by it.')
    .argument('<username>')
    .argument('<id>', 'of `lanyard user sessions`; behind -- where it begins with "-"')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((username: string, id: string, { reason, json }: Json & { reason?: string }) =>
      inHouse(terminal, async (house) => {
        await perform(operationsIn(house).endSession, { username, id, reason }, commandLine)
        print(terminal, json, { ended: id }, () => `${username} is signed out there.`)
      }),
    )
}

function operationsIn(house: House) {
  const sessions = createSessions(house)
  return userOperations({ ...house, ...peopleOf(house), sessions })
}
