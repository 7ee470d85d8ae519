import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { parseJson } from '../lib/json.ts'
import type { ClientMetadata } from './metadata.ts'
import type { Client, ClientRegistry } from './registry.ts'

type Registry = Pick<ClientRegistry, 'check' | 'find' | 'list' | 'add' | 'update' | 'setStatus'>
type FromFile = ClientMetadata & { client_id: string }

/** What applying the clients folder does, or would do, as ids of clients. */
export type ConfigClientsReport = {
  added: string[]
  /** Their tokens end. */
  changed: string[]
  unchanged: string[]
  /** Their file is back. */
  enabled: string[]
  /** Their file is gone. */
  disabled: string[]
  /** Disabled by a command, which a file does not undo. */
  stillDisabled: string[]
  /** Registered in another way under the same id, and left as they are. */
  notOurs: string[]
}

/**
 * Brings the register in line with the folder of client files, at the start of a server.
 * @param folder undefined counts as empty
 * @throws LanyardError `configuration` with all mistakes of all files, before anything is changed
 */
export async function applyConfigClients(
  folder: string | undefined,
  clients: Registry,
): Promise<ConfigClientsReport> {
  const wanted = readClientFiles(folder, clients)
  const report = await reportOn(wanted, clients)
  for (const metadata of wanted) {
    const id = metadata.client_id
    if (report.added.includes(id)) await addUnlessThere(metadata, clients)
    if (report.changed.includes(id)) await clients.update(id, asInput(metadata), 'config')
    if (report.enabled.includes(id)) await clients.setStatus(id, 'active', 'config')
  }
  for (const id of report.disabled) await clients.setStatus(id, 'disabled', 'config-gone')
  return report
}

/** What `applyConfigClients` would do; it throws the same and changes nothing. */
export async function planConfigClients(
  folder: string | undefined,
  clients: Registry,
): Promise<ConfigClientsReport> {
  return await reportOn(readClientFiles(folder, clients), clients)
}

async function reportOn(wanted: readonly FromFile[], clients: Registry): Promise<ConfigClientsReport> {
  const present = new Map((await clients.list()).map((client) => [client.id, client]))
  const files = new Set(wanted.map((metadata) => metadata.client_id))
  const idsOf = (test: (client: Client | undefined, metadata: FromFile) => boolean): string[] =>
    wanted
      .filter((metadata) => test(present.get(metadata.client_id), metadata))
      .map((metadata) => metadata.client_id)
  const differs = (client: Client, metadata: FromFile) =>
    !isDeepStrictEqual(asRead(client.metadata, clients), metadata)

  return {
    added: idsOf((client) => client === undefined),
    changed: idsOf((client, metadata) => isOurs(client) && differs(client, metadata)),
    unchanged: idsOf((client, metadata) => isOurs(client) && !differs(client, metadata)),
    enabled: idsOf((client) => client?.origin === 'config-gone'),
    stillDisabled: idsOf((client) => client?.origin === 'config' && client.status === 'disabled'),
    notOurs: idsOf((client) => client !== undefined && !isOurs(client)),
    disabled: [...present.values()]
      .filter((client) => client.origin === 'config' && client.status === 'active' && !files.has(client.id))
      .map((client) => client.id),
  }
}

function isOurs(client: Client | undefined): client is Client {
  return client?.origin === 'config' || client?.origin === 'config-gone'
}

/** Several nodes may start at once: whoever comes second finds the client there. */
async function addUnlessThere(metadata: FromFile, clients: Registry): Promise<void> {
  try {
    await clients.add(asInput(metadata), 'config')
  } catch (error) {
    if (!(error instanceof LanyardError && error.code === 'conflict')) throw error
  }
}

function readClientFiles(folder: string | undefined, clients: Registry): FromFile[] {
  const mistakes: string[] = []
  const found = new Map<string, { name: string; metadata: FromFile }>()
  for (const name of fileNames(folder)) {
    try {
      const metadata = readClientFile(join(folder ?? '', name), clients)
      const other = found.get(metadata.client_id)
      if (other !== undefined)
        throw new Error(`it has the client_id "${metadata.client_id}" of ${other.name}`)
      found.set(metadata.client_id, { name, metadata })
    } catch (error) {
      mistakes.push(`  - ${name}: ${messageOf(error)}`)
    }
  }
  if (mistakes.length > 0) {
    throw new LanyardError(
      'configuration',
      `The client files in ${folder} cannot be applied; nothing was changed:\n${mistakes.join('\n')}`,
    )
  }
  return [...found.values()].map(({ metadata }) => metadata)
}

function fileNames(folder: string | undefined): string[] {
  if (folder === undefined) return []
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch (error) {
    throw new LanyardError(
      'configuration',
      `The folder of client files ${folder} cannot be read (${messageOf(error)}). Make it, or change LANYARD_CLIENTS_DIR.`,
      { cause: error },
    )
  }
}

function readClientFile(path: string, clients: Registry): FromFile {
  const content = parseJson(readFileSync(path, 'utf8'))
  if ('problem' in content) throw new Error(`The file ${content.problem}.`)
  const metadata = clients.check(content.value)
  if (metadata.client_id === undefined) throw new Error('The file must name its client_id.')
  return { ...metadata, client_id: metadata.client_id }
}

/** Metadata as a file would say it: what is kept of a certificate was read from its PEM. */
function asInput(metadata: ClientMetadata): unknown {
  return metadata.x509 === undefined ? metadata : { ...metadata, x509: metadata.x509.pem }
}

/**
 * Stored metadata as this version reads it: a default that a newer version added is no change, so that an
 * upgrade ends no tokens. Metadata that is no longer acceptable is a change.
 */
function asRead(metadata: ClientMetadata, clients: Registry): ClientMetadata | undefined {
  try {
    return clients.check(asInput(metadata))
  } catch {
    return undefined
  }
}
