import type { Command } from 'commander'
import { appUseOperations } from '../pages/admin/operations/app-use.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { commandLine, inHouse, pageTable, print, type Terminal } from './terminal.ts'

/** What users allow a client at the moment, launch by launch. */
export function clientGrantCommands(client: Command, terminal: Terminal): void {
  client
    .command('grants')
    .description('Show what users allow a client at the moment, the newest first.')
    .argument('<client_id>')
    .option('--most <number>', 'how many, up to 200', '50')
    .option('--after <text>', '`next` of the answer before')
    .option('--json', 'print JSON')
    .action((client_id: string, { most, after, json }: { most: string; after?: string; json?: boolean }) =>
      inHouse(terminal, async (house) => {
        const found = await perform(
          appUseOperations(house).grants,
          { client_id, limit: most, after },
          commandLine,
        )
        const rows = found.items.map((one) => [
          one.grant_id,
          one.user_id ?? one.issuer ?? '-',
          one.patient ?? '-',
          one.created,
          one.used ?? '-',
          one.expires,
          one.flight_id ?? '-',
          one.scope,
        ])
        print(terminal, json, found, () =>
          pageTable(
            [['id', 'user id', 'patient', 'since', 'used', 'until', 'flight', 'scope'], ...rows],
            found.next,
          ),
        )
      }),
    )
  client
    .command('end-grant')
    .description('End what one user allowed a client in one launch; its tokens are dead at once.')
    .argument('<client_id>')
    .argument('<id>', 'of `lanyard client grants`')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((client_id: string, grant_id: string, { reason, json }: { reason?: string; json?: boolean }) =>
      inHouse(terminal, async (house) => {
        await perform(appUseOperations(house).endGrant, { client_id, grant_id, reason }, commandLine)
        print(terminal, json, { ended: grant_id }, () => `The launch ${grant_id} has ended, with its tokens.`)
      }),
    )
}
