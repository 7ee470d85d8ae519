import { planConfigClients } from '../../clients/config-clients.ts'
import { endingsOf } from '../../clients/ending.ts'
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

function endingKeys(client: Client, now: number): Check[] {
  return endingsOf(client)
    .filter(({ end }) => end < now + SOON)
    .map(({ what, name, end }) => {
      const named = what === 'key' ? `key "${name}"` : what
      return end < now
        ? clients.warning(`The ${named} of ${client.id} expired on ${date(end)}. Register its successor.`)
        : clients.warning(
            `The ${named} of ${client.id} expires on ${date(end)}. Ask its owner for the next one.`,
          )
    })
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
