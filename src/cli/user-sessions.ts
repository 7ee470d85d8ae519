import type { Command } from 'commander'
import type { House } from '../house.ts'
import { createSessions } from '../oidc/authorize/sessions.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { sessionOperations } from '../pages/admin/operations/sessions.ts'
import { userOperations } from '../pages/admin/operations/users.ts'
import { peopleOf } from './people.ts'
import { commandLine, inHouse, pageTable, print, type Terminal } from './terminal.ts'

type Json = { json?: boolean }
type Listed = { id: string; since: string; address: string; agent: string }

/** Where a user is signed in, as the console shows it. */
export function userSessionCommands(user: Command, terminal: Terminal): void {
  user
    .command('sessions')
    .description('Show where a user is signed in, newest first; without a name, who is signed in at all.')
    .argument('[username]')
    .option('--most <number>', 'without a name: how many, up to 200', '50')
    .option('--after <text>', 'without a name: `next` of the answer before')
    .option('--json', 'print JSON')
    .action((username: string | undefined, { most, after, json }: Json & { most: string; after?: string }) =>
      inHouse(terminal, async (house) => {
        const all = sessionOperations({ ...house, sessions: createSessions(house) }).list
        const found: { items: readonly (Listed & { username?: string })[]; next?: string } =
          username === undefined
            ? await perform(all, { limit: most, after }, commandLine)
            : await perform(operationsIn(house).sessions, { username }, commandLine)
        const rows = found.items.map((one) => [
          one.id,
          one.username ?? username ?? 'a user who is gone',
          one.since,
          one.address,
          one.agent,
        ])
        print(terminal, json, found, () =>
          rows.length === 0
            ? `${username ?? 'Nobody'} is signed in${username === undefined ? '' : ' nowhere'}.`
            : pageTable([['id', 'username', 'since', 'address', 'browser'], ...rows], found.next),
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
