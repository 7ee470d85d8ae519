import type { Command } from 'commander'
import type { SigningKey } from '../keys/signing-keys.ts'
import { instant } from '../lib/time.ts'
import { inHouse, print, type Terminal, table } from './terminal.ts'

export function keysCommands(program: Command, terminal: Terminal): void {
  const keys = program.command('keys').description('The keys that sign tokens.')
  keys
    .command('list')
    .description('Show all signing keys; never their private part.')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) =>
      inHouse(terminal, async (house) => {
        await house.keys.ensure()
        show(await house.keys.list(), json)
      }),
    )
  keys
    .command('rotate')
    .description('Sign with the next keys from now on; running servers follow within seconds.')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) =>
      inHouse(terminal, async (house) => {
        await house.keys.ensure()
        show(await house.keys.rotate(), json)
      }),
    )

  function show(found: readonly SigningKey[], json: boolean | undefined): void {
    const rows = found.map(({ kid, alg, state, since }) => [kid, alg, state, instant(since)])
    print(terminal, json, found, () => table([['kid', 'alg', 'state', 'since'], ...rows]))
  }
}
