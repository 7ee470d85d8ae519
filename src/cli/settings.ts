import type { Command } from 'commander'
import { shownSettings } from '../config/shown-settings.ts'
import { configOf, print, type Terminal, table } from './terminal.ts'

export function settingsCommand(program: Command, terminal: Terminal): void {
  program
    .command('settings')
    .description('Show every setting as it is resolved here, and where its value comes from; no secrets.')
    .option('--json', 'print JSON')
    .action(({ json }: { json?: boolean }) => {
      const found = shownSettings(configOf(terminal))
      const rows = found.map(({ setting, value, origin }) => [setting, inWords(value), origin])
      print(terminal, json, found, () => table([['setting', 'value', 'from'], ...rows]))
    })
}

function inWords(value: unknown): string {
  if (value === null) return '-'
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
