import type { Command } from 'commander'
import { issuerOperations } from '../pages/admin/operations/issuers.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { endpointsOf } from '../smart/discovery.ts'
import { commandLine, configOf, print, type Terminal, table } from './terminal.ts'

export function issuerCommands(program: Command, terminal: Terminal): void {
  program
    .command('issuer')
    .description('Outside authorization servers whose tokens count here; the configuration file names them.')
    .command('list')
    .description('Show them, with what their users may have.')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const { trustedIssuers, baseUrl } = configOf(terminal)
      const { list } = issuerOperations({ trustedIssuers, fhirBase: endpointsOf(baseUrl).fhirBase })
      const { items } = await perform(list, {}, commandLine)
      const rows = items.map(({ issuer, audience, levels, roles }) => [
        issuer,
        audience,
        levels.join(' '),
        roles.join(' '),
      ])
      print(terminal, json, items, () =>
        items.length === 0
          ? 'No outside issuer is trusted.'
          : table([['issuer', 'audience', 'levels', 'roles'], ...rows]),
      )
    })
}
