import type { Command } from 'commander'
import type { House } from '../house.ts'
import { createSessions } from '../oidc/authorize/sessions.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { userOperations } from '../pages/admin/operations/users.ts'
import { peopleOf } from './people.ts'
import { commandLine, inHouse, print, type Terminal, table } from './terminal.ts'

type Json = { json?: boolean }

/** Where a user is signed in, as the console shows it. */
export function userSessionCommands(user: Command, terminal: Terminal): void {
  user
    .command('sessions')
    .description('Show where a user is signed in, newest first.')
    .argument('<username>')
    .option('--json', 'print JSON')
    .action((username: string, { json }: Json) =>
      inHouse(terminal, async (house) => {
        const { items } = await perform(operationsIn(house).sessions, { username }, commandLine)
        const rows = items.map(({ id, since, address, agent }) => [id, since, address, agent])
        print(terminal, json, items, () =>
          rows.length === 0
            ? `${username} is signed in nowhere.`
            : table([['id', 'since', 'address', 'browser'], ...rows]),
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
