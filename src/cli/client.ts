import type { Command } from 'commander'
import type { Client, Registered } from '../clients/registry.ts'
import { LanyardError } from '../lib/errors.ts'
import { instant } from '../lib/time.ts'
import { readJson } from './files.ts'
import { inHouse, print, type Terminal, table } from './terminal.ts'

type Json = { json?: boolean }

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
    .description('Show all clients.')
    .option('--json', 'print JSON')
    .action(({ json }: Json) =>
      inHouse(terminal, async ({ clients }) => {
        const found = await clients.list()
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
      inHouse(terminal, async ({ clients }) => {
        const found = await clients.find(id)
        if (found === undefined)
          throw new LanyardError(
            'not-found',
            `There is no client "${id}". \`lanyard client list\` shows all.`,
          )
        print(terminal, true, shown(found), () => '')
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
    .description('Make a new secret for a client; the old one ends at once.')
    .argument('<client_id>')
    .option('--json', 'print JSON')
    .action((id: string, { json }: Json) =>
      inHouse(terminal, async ({ clients }) => {
        tell(await clients.newSecret(id), json, 'New secret for')
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
    .description('Let a disabled client ask for tokens again.')
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
