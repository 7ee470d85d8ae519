import { X509Certificate } from 'node:crypto'
import { planConfigClients } from '../../clients/config-clients.ts'
import type { PublicKey } from '../../clients/key-set.ts'
import { type Client, type ClientRegistry, usesSecret } from '../../clients/registry.ts'
import { DAY, instant } from '../../lib/time.ts'
import { type Check, checks } from './check.ts'
import { folderChecks } from './folder.ts'

/** How long before its end a client's key is told about. */
const SOON = 30 * DAY

const clients = checks('clients')

/** Who cannot authenticate, or will not be able to before long? */
export async function clientChecks(registry: ClientRegistry, now: number): Promise<Check[]> {
  const active = (await registry.list()).filter((client) => client.status === 'active')
  const found = active.flatMap((client) => [...secretProblem(client), ...endingKeys(client, now)])
  return found.length > 0
    ? found
    : [clients.ok(`${active.length} active; all have what they authenticate with.`)]
}

function secretProblem(client: Client): Check[] {
  return usesSecret(client.metadata) && !client.hasSecret
    ? [clients.warning(`${client.id} has no secret yet. Run \`npx lanyard client secret ${client.id}\`.`)]
    : []
}

function endingKeys({ id, metadata }: Client, now: number): Check[] {
  const ends = [
    ...(metadata.x509 === undefined ? [] : [{ what: 'certificate', end: metadata.x509.not_after }]),
    ...(metadata.jwks?.keys ?? []).flatMap((key) => {
      const end = endOf(key)
      return end === undefined ? [] : [{ what: `key "${key.kid}"`, end }]
    }),
  ]
  return ends
    .filter(({ end }) => end < now + SOON)
    .map(({ what, end }) =>
      end < now
        ? clients.warning(`The ${what} of ${id} expired on ${date(end)}. Register its successor.`)
        : clients.warning(`The ${what} of ${id} expires on ${date(end)}. Ask its owner for the next one.`),
    )
}

/** When a key ends, in milliseconds: by its certificate (RFC 7517 §4.7), or by the `exp` that some sets have. */
function endOf(key: PublicKey): number | undefined {
  const { exp, x5c } = key as { exp?: unknown; x5c?: unknown }
  if (typeof exp === 'number') return exp * 1000
  if (!Array.isArray(x5c) || typeof x5c[0] !== 'string') return undefined
  try {
    return new X509Certificate(Buffer.from(x5c[0], 'base64')).validToDate.getTime()
  } catch {
    return undefined
  }
}

function date(milliseconds: number): string {
  return instant(milliseconds).slice(0, 10)
}

/** What the next start would do with the clients folder. */
export async function clientsFolderChecks(
  path: string | undefined,
  registry: ClientRegistry,
): Promise<Check[]> {
  const plan = await planConfigClients(path, registry)
  return folderChecks({ noun: 'client', changed: '; their tokens end' }, path, plan)
}
