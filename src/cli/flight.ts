import { type Command, InvalidArgumentError, Option } from 'commander'
import type { House } from '../house.ts'
import type { Mistake } from '../launches/authorize-mistakes.ts'
import type { StepDetail } from '../launches/flight-detail.ts'
import { flightDocument, redactedFlight } from '../launches/flight-document.ts'
import { likelyMistakes } from '../launches/flight-mistakes.ts'
import type { Flight, FlightStep } from '../launches/flights.ts'
import { LanyardError } from '../lib/errors.ts'
import { instant } from '../lib/time.ts'
import { createLooks } from '../pages/admin/looks.ts'
import { seeFlight } from '../pages/admin/operations/flight-sight.ts'
import { flightOperations } from '../pages/admin/operations/flights.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { demoPeopleOf } from './demo-offers.ts'
import { commandLine, inHouse, print, type Terminal, table } from './terminal.ts'

type ListOptions = {
  client?: string
  user?: string
  outcome?: Flight['outcome']
  since?: number
  most: number
  json?: boolean
}

export function flightCommands(program: Command, terminal: Terminal): void {
  const flight = program.command('flight').description('How launches went, and why they failed.')

  flight
    .command('list')
    .description('Show the latest launches.')
    .option('--client <id>', 'of this app')
    .option('--user <username>', 'of this user')
    .addOption(new Option('--outcome <word>', 'how they ended').choices(['open', 'done', 'refused']))
    .option('--since <date>', 'begun at this date and time or later, e.g. 2026-03-01T12:00Z', pointInTime)
    .option('--most <number>', 'how many', wholeNumber, 50)
    .option('--json', 'print JSON')
    .action(({ json, user, ...wanted }: ListOptions) =>
      inHouse(terminal, async (house) => {
        const found = await house.flights.list({ ...wanted, user: await userIdOf(user, house) })
        const names = new Map((await house.users.list()).map(({ id, username }) => [id, username]))
        const rows = found.map(({ id, started, clientId, userId, outcome, reason, steps }) => [
          id,
          instant(started),
          clientId ?? '-',
          names.get(userId ?? '') ?? '-',
          outcome,
          reason ?? '',
          String(steps),
        ])
        print(terminal, json, found.map(shown), () =>
          table([['id', 'began', 'app', 'user', 'outcome', 'reason', 'steps'], ...rows]),
        )
      }),
    )
  shareCommand(flight, terminal)
  flight
    .command('show')
    .description('Show one launch step by step, with the likely mistake.')
    .argument('<id>', 'the reference of the error page, or an id of the list')
    .option('--json', 'print what the console saves, as JSON: nobody is named in it')
    .action((id: string, { json }: { json?: boolean }) =>
      inHouse(terminal, async (house) => {
        const looker = { role: commandLine.role, by: commandLine.clientId }
        const found = await seeFlight(id, looker, operationDepsOf(house))
        const mistakes = likelyMistakes(found.flight, found.steps)
        const { clientId } = found.flight
        const app = clientId === undefined ? undefined : await house.clients.find(clientId)
        const value = flightDocument(redactedFlight(found), app?.metadata.client_name)
        const user =
          found.flight.userId === undefined ? undefined : await house.users.find(found.flight.userId)
        print(terminal, json, value, () => told(found.flight, found.steps, mistakes, user?.username))
      }),
    )
}

function shareCommand(flight: Command, terminal: Terminal): void {
  flight
    .command('share')
    .description(
      'Make a link that shows one launch to the maker of the app for 24 hours: nobody is named in it.',
    )
    .argument('<id>', 'the reference of the error page, or an id of the list')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((id: string, { reason, json }: { reason?: string; json?: boolean }) =>
      inHouse(terminal, async (house) => {
        const made = await perform(operationsOf(house).share, { id, reason }, commandLine)
        print(terminal, json, made, () => `${made.url}\nGood until ${made.expires}.`)
      }),
    )
  flight
    .command('unshare')
    .description('Take all links to one launch back, at once.')
    .argument('<id>', 'the reference of the error page, or an id of the list')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((id: string, { reason, json }: { reason?: string; json?: boolean }) =>
      inHouse(terminal, async (house) => {
        const done = await perform(operationsOf(house).unshare, { id, reason }, commandLine)
        print(terminal, json, done, () =>
          done.taken_back === 0
            ? 'There was no link.'
            : `Links taken back: ${done.taken_back}. They show nothing any more.`,
        )
      }),
    )
}

function operationsOf(house: House) {
  return flightOperations(operationDepsOf(house))
}

function operationDepsOf(house: House) {
  return {
    ...house,
    issuer: house.config.baseUrl,
    demoPeople: () => demoPeopleOf(house),
    looks: createLooks(house),
  }
}

async function userIdOf(username: string | undefined, { users }: House): Promise<string | undefined> {
  if (username === undefined) return undefined
  const user = await users.findByName(username)
  if (user !== undefined) return user.id
  throw new LanyardError('not-found', `There is no user "${username}". \`lanyard user list\` shows all.`)
}

function shown(flight: Flight): Record<string, unknown> {
  const { started, updated, expires } = flight
  return { ...flight, started: instant(started), updated: instant(updated), expires: instant(expires) }
}

/** For people: what went wrong first, and then how it came to that. */
function told(
  flight: Flight,
  steps: readonly FlightStep[],
  mistakes: readonly Mistake[],
  username: string | undefined,
): string {
  const { id, clientId, userId, outcome, reason, started } = flight
  const more = flight.steps - steps.length
  return [
    `Flight ${id}: ${outcome}${reason === undefined ? '' : ` (${reason})`}`,
    `App ${clientId ?? 'unknown'}, user ${username ?? userId ?? 'unknown'}, began ${instant(started)}`,
    ...mistakes.flatMap(({ mistake, advice }) => [
      '',
      mistake,
      ...(advice === undefined ? [] : [`→ ${advice}`]),
    ]),
    '',
    table([['time', 'step', 'outcome', 'reason'], ...steps.flatMap(rowsOf)]),
    ...(more > 0 ? [`${more} more steps were not kept.`] : []),
  ].join('\n')
}

/** A step, and what is known about it below. */
function rowsOf({ at, event, outcome, reason, detail }: FlightStep): string[][] {
  const about = factsOf(detail).map(([name, value]) => ['', '', '', `${name}: ${value}`])
  return [[instant(at).slice(11, -1), event, outcome, reason ?? ''], ...about]
}

function factsOf({
  parameters = {},
  expected,
  notGranted,
  issued = {},
  ...single
}: StepDetail): [string, string][] {
  return [
    ...Object.entries(parameters),
    ...Object.entries(single).map(([name, value]): [string, string] => [name, String(value)]),
    ...Object.entries(issued).flatMap(([of, members]) =>
      Object.entries(members ?? {}).map(([name, value]): [string, string] => [
        `${of} ${name}`,
        typeof value === 'string' ? value : JSON.stringify(value),
      ]),
    ),
    ...(expected ?? []).map((address): [string, string] => ['expected', address]),
    ...(notGranted ?? []).map(({ scope, reason }): [string, string] => [
      'not granted',
      `${scope} (${reason})`,
    ]),
  ]
}

export function pointInTime(text: string): number {
  const found = Date.parse(text)
  if (Number.isNaN(found))
    throw new InvalidArgumentError('Write a date like 2026-03-01 or 2026-03-01T12:00Z.')
  return found
}

function wholeNumber(text: string): number {
  const found = Number(text)
  if (Number.isInteger(found) && found > 0 && found <= 10_000) return found
  throw new InvalidArgumentError('Write a whole number from 1 to 10000.')
}
