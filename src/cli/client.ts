import { type Command, InvalidArgumentError, Option } from 'commander'
import { type ClientKind, type ClientStatus, clientKinds, clientStatuses } from '../clients/client.ts'
import type { Client, Registered } from '../clients/registry.ts'
import { LanyardError } from '../lib/errors.ts'
import { HOUR, instant } from '../lib/time.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { clientKeys, clientUse, credentialOperationsOf } from './client-facts.ts'
import { clientGrantCommands } from './client-grants.ts'
import { readBytes, readJson } from './files.ts'
import { commandLine, inHouse, print, type Terminal, table } from './terminal.ts'

type Json = { json?: boolean }
type Searched = { search?: string; kind?: ClientKind; status?: ClientStatus }

/** Clients that a search shows. */
const MOST = 10_000

export function clientCommands(program: Command, terminal: Terminal): void {
  const client = program.command('client').description('The apps and services that may ask for tokens.')

  client
    .command('add')
    .description('Register a client from a file of RFC 7591 metadata.')
    .argument('<file>', 'JSON file')
    .option('--json', 'print JSON')
    .action((file: string, { json }: Json) =>
      inHouse(terminal, async ({ clients }) => {
        tell(await clients.add(readJson(terminal.folder, file), 'command'), json, 'Registered')
      }),
    )
  client
    .command('list')
    .description('Show all clients, or those that are looked for.')
    .option('--search <text>', 'part of the name, the id or the owner')
    .addOption(new Option('--kind <kind>').choices(clientKinds))
    .addOption(new Option('--status <status>').choices(clientStatuses))
    .option('--json', 'print JSON')
    .action(({ json, search: text, ...wanted }: Json & Searched) =>
      inHouse(terminal, async ({ clients, overview }) => {
        const all = text === undefined && wanted.kind === undefined && wanted.status === undefined
        const found = all ? await clients.list() : await overview.page({ text, ...wanted }, undefined, MOST)
        const rows = found.map(({ id, metadata, status, origin }) => [
          id,
          metadata.client_name,
          metadata.token_endpoint_auth_method,
          status,
          origin,
        ])
        print(terminal, json, found.map(shown), () =>
          table([['client_id', 'name', 'authentication', 'status', 'from'], ...rows]),
        )
      }),
    )
  client
    .command('show')
    .description('Show one client with all its metadata.')
    .argument('<client_id>')
    .option('--json', 'print JSON')
    .action((id: string, _options: Json) =>
      inHouse(terminal, async ({ clients, users }) => {
        const found = await clients.find(id)
        if (found === undefined)
          throw new LanyardError(
            'not-found',
            `There is no client "${id}". \`lanyard client list\` shows all.`,
          )
        const owner = found.ownerUser === undefined ? undefined : await users.find(found.ownerUser)
        const registeredBy = owner === undefined ? {} : { registered_by: owner.username }
        print(terminal, true, { ...shown(found), ...registeredBy }, () => '')
      }),
    )
  client
    .command('update')
    .description("Replace a client's metadata by a file; its tokens end at once.")
    .argument('<client_id>')
    .argument('<file>', 'JSON file')
    .option('--json', 'print JSON')
    .action((id: string, file: string, { json }: Json) =>
      inHouse(terminal, async ({ clients }) => {
        refuseConfigured(await clients.find(id))
        tell(await clients.update(id, readJson(terminal.folder, file)), json, 'Updated')
      }),
    )
  client
    .command('secret')
    .description('Make a new secret for a client; the old one ends at once, or after the overlap.')
    .argument('<client_id>')
    .option('--overlap <hours>', 'how long the old secret is good beside the new one, at most 720', hours, 0)
    .option('--json', 'print JSON')
    .action((id: string, { json, overlap }: Json & { overlap: number }) =>
      inHouse(terminal, async ({ clients }) => {
        tell(await clients.newSecret(id, { overlap: overlap * HOUR }), json, 'New secret for')
      }),
    )
  client
    .command('disable')
    .description('Refuse a client until it is enabled again; its tokens end at once.')
    .argument('<client_id>')
    .option('--json', 'print JSON')
    .action((id: string, { json }: Json) =>
      inHouse(terminal, async ({ clients }) => {
        const done = await clients.setStatus(id, 'disabled')
        print(terminal, json, shown(done), () => `${id} is disabled. Its tokens are dead.`)
      }),
    )
  client
    .command('enable')
    .description('Let a client that is disabled, or waits to be let in, ask for tokens.')
    .argument('<client_id>')
    .option('--json', 'print JSON')
    .action((id: string, { json }: Json) =>
      inHouse(terminal, async ({ clients }) => {
        // Without its file the configuration folder no longer owns it, or would disable it at the next start.
        const orphaned = (await clients.find(id))?.origin === 'config-gone'
        const done = await clients.setStatus(id, 'active', orphaned ? { origin: 'command' } : {})
        print(terminal, json, shown(done), () => `${id} is enabled.`)
      }),
    )
  client
    .command('refuse')
    .description('Refuse a client that waits to be let in.')
    .argument('<client_id>')
    .option('--reason <text>', 'kept in the audit')
    .option('--json', 'print JSON')
    .action((id: string, { json, reason }: Json & { reason?: string }) =>
      inHouse(terminal, async ({ clients }) => {
        const done = await clients.setStatus(id, 'refused', { reason })
        print(terminal, json, shown(done), () => `${id} is refused.`)
      }),
    )
  client
    .command('end')
    .description('End all tokens and launches of a client; users are asked again at the next launch.')
    .argument('<client_id>')
    .option('--json', 'print JSON')
    .action((id: string, { json }: Json) =>
      inHouse(terminal, async ({ clients }) => {
        const done = await clients.endAll(id)
        print(terminal, json, shown(done), () => `Ended. ${id} has no tokens any more.`)
      }),
    )
  client
    .command('logo')
    .description('Keep a copy of a logo (PNG, JPEG or WebP, at most 64 kB); without a file, none.')
    .argument('<client_id>')
    .argument('[file]')
    .option('--json', 'print JSON')
    .action((id: string, file: string | undefined, { json }: Json) =>
      inHouse(terminal, async ({ logos }) => {
        const content = file === undefined ? undefined : readBytes(terminal.folder, file)
        const done = await logos.set(id, content, {})
        print(terminal, json, shown(done), () =>
          file === undefined ? `${id} has no logo.` : `${id} has a new logo.`,
        )
      }),
    )
  client
    .command('keys')
    .description('Show the keys of a client, fetched now where they stand at an address.')
    .argument('<client_id>')
    .option('--json', 'print JSON')
    .action((id: string, { json }: Json) =>
      inHouse(terminal, async (house) => {
        const keys = await clientKeys(house, id)
        print(terminal, json, keys, () =>
          table([
            ['kid', 'algorithm', 'strength', 'expires', 'usable', 'owner reminded'],
            ...keys.map(({ kid, alg, strength, end, problem, reminded }) => [
              kid,
              alg,
              strength,
              end?.slice(0, 10) ?? '-',
              problem ?? 'yes',
              reminded?.slice(0, 10) ?? '-',
            ]),
          ]),
        )
      }),
    )
  client
    .command('remind')
    .description('Ask the developer who owns a client, on the pages of their apps, to renew a credential.')
    .argument('<client_id>')
    .argument('<credential>', 'its kid, or the thumbprint of a certificate: `lanyard client keys`')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((id: string, credential: string, { json, reason }: Json & { reason?: string }) =>
      inHouse(terminal, async (house) => {
        const { remind } = credentialOperationsOf(house)
        const done = await perform(remind, { client_id: id, credential, reason }, commandLine)
        print(terminal, json, done, () => `The owner of ${id} is asked to renew ${credential}.`)
      }),
    )
  client
    .command('use')
    .description('Show what a client did in the last day, and the launches that go on.')
    .argument('<client_id>')
    .option('--json', 'print JSON')
    .action((id: string, { json }: Json) =>
      inHouse(terminal, async (house) => {
        const use = await clientUse(house, id)
        print(terminal, json, use, () =>
          table([['what', 'count'], ...Object.entries(use).map(([what, count]) => [what, String(count)])]),
        )
      }),
    )
  client
    .command('remove')
    .description('Remove a client; its tokens end at once.')
    .argument('<client_id>')
    .option('--json', 'print JSON')
    .action((id: string, { json }: Json) =>
      inHouse(terminal, async ({ clients }) => {
        refuseConfigured(await clients.find(id))
        await clients.remove(id)
        print(terminal, json, { removed: id }, () => `Removed ${id}. Its tokens are dead.`)
      }),
    )

  clientGrantCommands(client, terminal)

  /** The secret is said here and nowhere else. */
  function tell({ client: done, secret }: Registered, json: boolean | undefined, verb: string): void {
    print(
      terminal,
      json,
      { ...shown(done), ...(secret === undefined ? {} : { client_secret: secret }) },
      () =>
        [
          `${verb} ${done.id} (${done.metadata.client_name}).`,
          ...(secret === undefined
            ? []
            : [`client_secret: ${secret}`, 'This secret is shown once; it is stored as a hash only.']),
        ].join('\n'),
    )
  }
}

/** Of an option: hours, as the admin API takes them. */
function hours(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 720)) throw new InvalidArgumentError('It must be a number from 0 to 720.')
  return value
}

/** What a command changes and the next start changes back is not changed. */
function refuseConfigured(client: Client | undefined): void {
  if (client?.origin !== 'config') return
  throw new LanyardError(
    'conflict',
    `The client "${client.id}" comes from a file in the clients folder. Change or delete that file and restart the server; \`lanyard client disable ${client.id}\` works at once.`,
  )
}

function shown({ metadata, status, origin, created, updated }: Client): Record<string, unknown> {
  return { ...metadata, status, origin, created: instant(created), updated: instant(updated) }
}
