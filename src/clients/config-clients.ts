import { isDeepStrictEqual } from 'node:util'
import { applyFolder, type FolderRegister, type FolderReport, planFolder } from '../config/apply-folder.ts'
import { asInput } from './client.ts'
import type { ClientMetadata } from './metadata.ts'
import type { ClientRegistry } from './registry.ts'

type Registry = Pick<ClientRegistry, 'check' | 'list' | 'add' | 'update' | 'setStatus'>

/**
 * Brings the register in line with the folder of client files, at the start of a server. The tokens of a changed
 * client end.
 * @param folder undefined counts as empty
 * @throws LanyardError `configuration` with all mistakes of all files, before anything is changed
 */
export async function applyConfigClients(
  folder: string | undefined,
  clients: Registry,
): Promise<FolderReport> {
  return await applyFolder(folder, clientFiles(clients))
}

/** What `applyConfigClients` would do; it throws the same and changes nothing. */
export async function planConfigClients(
  folder: string | undefined,
  clients: Registry,
): Promise<FolderReport> {
  return await planFolder(folder, clientFiles(clients))
}

function clientFiles(clients: Registry): FolderRegister<ClientMetadata> {
  return {
    noun: 'client',
    variable: 'LANYARD_CLIENTS_DIR',
    idMember: 'client_id',
    check: clients.check,
    idOf: (metadata) => metadata.client_id,
    async list() {
      return (await clients.list()).map(({ id, status, origin, metadata }) => ({
        id,
        status: status === 'active' ? status : ('disabled' as const),
        origin,
        agrees: (wanted) => isDeepStrictEqual(asRead(metadata, clients), wanted),
      }))
    },
    add: (metadata) => clients.add(asInput(metadata), 'config'),
    update: (id, metadata) => clients.update(id, asInput(metadata), { origin: 'config' }),
    setStatus: (id, status, origin) => clients.setStatus(id, status, { origin }),
  }
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
