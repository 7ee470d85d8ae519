import { type Command, Option } from 'commander'
import { createActs } from '../audit/acts.ts'
import { endingCredentials } from '../clients/ending.ts'
import type { House } from '../house.ts'
import { dashboardOperations, type ShownDashboard } from '../pages/admin/operations/dashboard.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { commandLine, inHouse, print, type Terminal, table } from './terminal.ts'

type Options = { span: 'day' | 'week'; json?: boolean }

export function statusCommand(program: Command, terminal: Terminal): void {
  program
    .command('status')
    .description(
      'Show what the dashboard shows: figures, health, keys that run out, apps that wait, last acts.',
    )
    .addOption(
      new Option('--span <word>', 'the time that is looked at').choices(['day', 'week']).default('day'),
    )
    .option('--json', 'print JSON')
    .action(({ span, json }: Options) =>
      inHouse(terminal, async (house) => {
        const found = await perform(dashboardIn(house).show, { span }, commandLine)
        print(terminal, json, found, () => inWords(found))
      }),
    )
}

function dashboardIn(house: House) {
  const { db, clients, keys, config } = house
  return dashboardOperations({
    ...house,
    acts: createActs(db),
    ending: endingCredentials(db, clients.list),
    signingKeys: keys,
    dataDir: config.dataDir,
  })
}

function inWords(found: ShownDashboard): string {
  const { from, to, sign_ins, tokens, refused, token_time_p95, health, waiting, keys_due, acts } = found
  const figure = ({ total, week_before }: typeof tokens) => `${total} (a week before: ${week_before})`
  return [
    table([
      ['from', from],
      ['to', to],
      ['sign-ins', figure(sign_ins)],
      ['tokens', figure(tokens)],
      ['refused', figure(refused)],
      ['token time, p95', token_time_p95 === undefined ? 'none yet' : `${Math.round(token_time_p95)} ms`],
      ...health.map(({ what, state }) => [what, state]),
    ]),
    ...section(
      'Waiting for a decision',
      waiting.map(({ client_id, client_name }) => [client_id, client_name]),
    ),
    ...section(
      'Keys that run out',
      keys_due.map(({ name, client_id, until }) => [name, client_id ?? 'this server', until]),
    ),
    ...section(
      'Last acts',
      acts.map(({ at, event, who, client_id }) => [at, event, who ?? '', client_id ?? '']),
    ),
  ].join('\n')
}

function section(title: string, rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : ['', `${title}:`, table(rows)]
}
