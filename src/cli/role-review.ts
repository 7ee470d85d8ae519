import type { Command } from 'commander'
import type { House } from '../house.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { roleReviewOperations } from '../pages/admin/operations/role-review.ts'
import { gainSentence, lossSentence } from '../pages/admin/people/roles/difference.ts'
import { en } from '../pages/words/en.ts'
import { readJson } from './files.ts'
import { peopleOf } from './people.ts'
import { commandLine, inHouse, print, type Terminal, table } from './terminal.ts'

type Json = { json?: boolean }

/** Who has a role, and what a change would come to, as the console shows it. */
export function roleReviewCommands(role: Command, terminal: Terminal): void {
  role
    .command('holders')
    .description('Show who has a role: users, services, API keys, outside issuers.')
    .argument('<role>')
    .option('--json', 'print JSON')
    .action((name: string, { json }: Json) =>
      inHouse(terminal, async (house) => {
        const held = await perform(operationsIn(house).holders, { role: name }, commandLine)
        const rows = [
          ...held.some.map(({ username, display_name }) => ['user', username, display_name]),
          ...held.clients.map((client) => ['service', client.id, client.name]),
          ...held.api_keys.map((key) => ['api key', key.id, key.name]),
          ...held.issuers.map((issuer) => ['issuer', issuer, '']),
        ]
        const more = held.users - held.some.length
        print(terminal, json, held, () =>
          rows.length === 0
            ? `Nobody has the role ${name}.`
            : [
                table([['kind', 'id', 'name'], ...rows]),
                ...(more > 0 ? [`and ${more} more users`] : []),
              ].join('\n'),
        )
      }),
    )
  role
    .command('review')
    .description('Tell what those who have a role would lose and gain by a file. Nothing is changed.')
    .argument('<role>')
    .argument('<file>', 'JSON file')
    .option('--json', 'print JSON')
    .action((name: string, file: string, { json }: Json) =>
      inHouse(terminal, async (house) => {
        const draft = readJson(terminal.folder, file)
        const told = await perform(operationsIn(house).review, { role: name, file: draft }, commandLine)
        print(terminal, json, told, () =>
          [
            `${told.users} ${told.users === 1 ? 'user has' : 'users have'} the role ${name}.`,
            ...told.losses.map((loss) => `- ${lossSentence(loss, en)}`),
            ...told.gains.map((gain) => `+ ${gainSentence(gain, en)}`),
            ...(told.losses.length + told.gains.length === 0 ? ['They lose and gain nothing.'] : []),
          ].join('\n'),
        )
      }),
    )
}

function operationsIn(house: House) {
  return roleReviewOperations(roleDepsOf(house))
}

/** What the operations about roles need. */
export function roleDepsOf(house: House) {
  return { ...house, ...peopleOf(house), trustedIssuers: house.config.trustedIssuers }
}
