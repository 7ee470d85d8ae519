import { type Command, InvalidArgumentError } from 'commander'
import { apiKeysOf, type House } from '../house.ts'
import { type ApiKey, keyDays } from '../keys/api-key.ts'
import { instant } from '../lib/time.ts'
import { inHouse, print, type Terminal, table } from './terminal.ts'

type Json = { json?: boolean }
type Add = Json & {
  user?: string
  client?: string
  role?: string[]
  scope: string
  address?: string[]
  days?: number
}

export function apiKeyCommands(program: Command, terminal: Terminal): void {
  const key = program
    .command('api-key')
    .description('Keys by which systems and scripts call without tokens (x-api-key).')

  key
    .command('add')
    .description('Make a key for a user or a client; it is shown once.')
    .argument('<name>', 'what it is for')
    .option('--user <username>', 'whose key it is: it opens what this user may see, at most')
    .option('--client <id>', 'or a client: it opens what the client is registered for, at most')
    .requiredOption('--scope <scope>', 'user/ scopes for a user, system/ scopes and __launch for a client')
    .option('--role <name...>', "the roles that count; default: all of the user's")
    .option('--address <range...>', 'from where it may be used, e.g. 10.1.0.0/16; default: everywhere')
    .option('--days <number>', `until it expires; default: ${keyDays.usual}`, numberOfDays)
    .option('--json', 'print JSON')
    .action((name: string, { user, client, role, scope, address, days, json }: Add) =>
      inHouse(terminal, async (house) => {
        const made = await apiKeysOf(house)({
          name,
          user,
          client_id: client,
          roles: role,
          scope,
          addresses: address,
          expires_in_days: days,
        })
        const whose = await owners(house)
        print(terminal, json, { ...shown(made.key, whose), api_key: made.secret }, () =>
          [
            `Made the key ${made.key.id} (${made.key.name}) for ${whose(made.key)}, good until ${day(made.key.expires)}.`,
            `x-api-key: ${made.secret}`,
            'This key is shown once; it is stored as a hash only.',
          ].join('\n'),
        )
      }),
    )
  key
    .command('list')
    .description('Show all keys, with when they were used last.')
    .option('--json', 'print JSON')
    .action(({ json }: Json) =>
      inHouse(terminal, async (house) => {
        const found = await house.apiKeys.list()
        const whose = await owners(house)
        const now = house.clock()
        const rows = found.map((one) => [
          one.id,
          one.name,
          whose(one),
          stateOf(one, now),
          day(one.expires),
          one.used === undefined ? 'never' : instant(one.used),
          one.scope,
        ])
        print(
          terminal,
          json,
          found.map((one) => shown(one, whose)),
          () => table([['id', 'name', 'owner', 'state', 'expires', 'last used', 'scope'], ...rows]),
        )
      }),
    )
  key
    .command('revoke')
    .description('End a key at once, and for good.')
    .argument('<id>')
    .option('--json', 'print JSON')
    .action((id: string, { json }: Json) =>
      inHouse(terminal, async (house) => {
        const done = await house.apiKeys.revoke(id)
        print(
          terminal,
          json,
          shown(done, await owners(house)),
          () => `The key ${id} (${done.name}) has ended.`,
        )
      }),
    )
}

/** Names owners as people know them. */
async function owners({ users }: House): Promise<(key: ApiKey) => string> {
  const names = new Map((await users.list()).map(({ id, username }) => [id, username]))
  return ({ owner }) => (owner.kind === 'client' ? owner.id : (names.get(owner.id) ?? 'a user who is gone'))
}

function stateOf({ revoked, expires }: ApiKey, now: number): string {
  if (revoked !== undefined) return 'revoked'
  return expires <= now ? 'expired' : 'active'
}

function shown(key: ApiKey, whose: (key: ApiKey) => string): Record<string, unknown> {
  return {
    id: key.id,
    name: key.name,
    [key.owner.kind === 'user' ? 'user' : 'client_id']: whose(key),
    roles: key.roles,
    scope: key.scope,
    addresses: key.addresses,
    created: instant(key.created),
    expires: instant(key.expires),
    revoked: key.revoked === undefined ? null : instant(key.revoked),
    last_used: key.used === undefined ? null : instant(key.used),
  }
}

function day(milliseconds: number): string {
  return instant(milliseconds).slice(0, 10)
}

function numberOfDays(text: string): number {
  if (/^\d{1,4}$/.test(text) && Number(text) >= 1 && Number(text) <= keyDays.most) return Number(text)
  throw new InvalidArgumentError(`Write a whole number from 1 to ${keyDays.most}.`)
}
