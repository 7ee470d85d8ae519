import type { Command } from 'commander'
import type { House } from '../house.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { userCareOperations } from '../pages/admin/operations/user-care.ts'
import { peopleOf } from './people.ts'
import { commandLine, inHouse, print, type Terminal, table } from './terminal.ts'

type Options = { reason?: string; json?: boolean }

/** What is done for somebody who signs in, as the console does it. */
export function userCareCommands(user: Command, terminal: Terminal): void {
  user
    .command('unlock')
    .description('Forget the failed tries at a username, so that its owner can sign in at once.')
    .argument('<username>')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((username: string, { reason, json }: Options) =>
      inHouse(terminal, async (house) => {
        const done = await perform(operationsIn(house).unlock, { username, reason }, commandLine)
        print(terminal, json, done, () =>
          done.lifted ? `${username} can try at once.` : `Nobody failed to sign in as ${username}.`,
        )
      }),
    )
  user
    .command('link')
    .description('Make a link by which a user chooses a password. It works once, within a day.')
    .argument('<username>')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((username: string, { reason, json }: Options) =>
      inHouse(terminal, async (house) => {
        const made = await perform(operationsIn(house).passwordLink, { username, reason }, commandLine)
        print(terminal, json, made, () =>
          [`Good until ${made.expires}; give it to ${username} alone:`, made.link].join('\n'),
        )
      }),
    )
  user
    .command('apps')
    .description('Show what a user allows which apps at the moment, newest first.')
    .argument('<username>')
    .option('--json', 'print JSON')
    .action((username: string, { json }: Options) =>
      inHouse(terminal, async (house) => {
        const { items } = await perform(operationsIn(house).apps, { username }, commandLine)
        const rows = items.map((one) => [one.id, one.client_id, one.patient ?? '-', one.until, one.scope])
        print(terminal, json, items, () =>
          rows.length === 0
            ? `${username} allows no app anything.`
            : table([['id', 'app', 'patient', 'until', 'scope'], ...rows]),
        )
      }),
    )
  user
    .command('end-app')
    .description('End what a user allows an app for a patient, in all its launches.')
    .argument('<username>')
    .argument('<id>', 'of `lanyard user apps`; behind -- where it begins with "-"')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((username: string, id: string, { reason, json }: Options) =>
      inHouse(terminal, async (house) => {
        await perform(operationsIn(house).endApp, { username, id, reason }, commandLine)
        print(terminal, json, { ended: id }, () => `Ended. ${username} is asked anew.`)
      }),
    )
}

function operationsIn(house: House) {
  return userCareOperations({ ...house, ...peopleOf(house), issuer: house.config.baseUrl })
}
