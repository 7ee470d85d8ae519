import type { Command } from 'commander'
import type { Client } from '../clients/registry.ts'
import { type Asked, type Explanation, explain } from '../fhir/explain/explain.ts'
import { fhirStoreOf, type House } from '../house.ts'
import { LanyardError } from '../lib/errors.ts'
import { endpointsOf } from '../smart/discovery.ts'
import { reachOf, type User } from '../users/user.ts'
import { inHouse, print, type Terminal } from './terminal.ts'

type Options = {
  user?: string | undefined
  client?: string | undefined
  scope: string
  patient?: string | undefined
  data?: boolean
  json?: boolean
}

export function explainCommand(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .description('Tell step by step whether a request would be allowed, and why.')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', "behind the FHIR base, e.g. '/Observation?category=laboratory'")
    .requiredOption('--scope <scopes>', 'what the app asks for')
    .option('--user <username>', 'the person who uses the app')
    .option('--client <id>', 'the app or service; without it, only scopes and roles count')
    .option('--patient <id>', 'the patient in context')
    .option('--data', 'also say how many resources it finds')
    .option('--json', 'print JSON')
    .action((method: string, path: string, options: Options) =>
      inHouse(terminal, async (house) => {
        const explanation = await explainIn(house, { method, path, ...options })
        print(terminal, options.json, explanation, () => inWords(explanation))
        if (!explanation.allowed) process.exitCode = 1
      }),
    )
}

/**
 * The same for the console.
 * @throws LanyardError `not-found` for a user or client that is not there
 */
export async function explainIn(
  house: House,
  { method, path, ...options }: Options & { method: string; path: string },
): Promise<Explanation> {
  const { config, definitions, vocabulary } = house
  const user = options.user === undefined ? undefined : await userOf(house, options.user)
  const client = options.client === undefined ? undefined : await clientOf(house, options.client)
  return await explain(
    {
      ...(await askedBy(house, user, client)),
      scope: options.scope,
      patient: options.patient,
      method,
      url: path,
    },
    {
      definitions,
      vocabulary,
      fhirBase: endpointsOf(config.baseUrl).fhirBase,
      shared: config.fhirSharedResources,
      systems: config.identifierSystems,
      store: options.data ? await fhirStoreOf(house) : undefined,
    },
  )
}

async function askedBy(
  house: House,
  user: User | undefined,
  client: Client | undefined,
): Promise<Pick<Asked, 'user' | 'client' | 'clientRoles'>> {
  const own = user === undefined ? client?.metadata.roles : undefined
  return {
    user:
      user === undefined
        ? undefined
        : {
            name: user.username,
            reach: reachOf(user, client?.id),
            roles: await rolesOf(house, user.roles),
          },
    client:
      client === undefined
        ? undefined
        : {
            id: client.id,
            scope: client.metadata.scope,
            mayRefresh: client.metadata.grant_types.includes('refresh_token'),
            policy: own === undefined ? undefined : await house.roles.policyOf(own),
          },
    clientRoles: await rolesOf(house, own ?? []),
  }
}

async function rolesOf({ roles }: House, names: readonly string[]) {
  const unknown = await roles.unknown(names)
  return await Promise.all(
    names.map(async (name) => {
      const policy = await roles.policyOf([name])
      const disabled = (await roles.find(name))?.status === 'disabled'
      const why = unknown.includes(name) ? 'nobody defines it' : disabled ? 'it is disabled' : undefined
      return { name, policy, why }
    }),
  )
}

async function userOf({ users }: House, name: string): Promise<User> {
  const found = await users.findByName(name)
  if (found === undefined)
    throw new LanyardError('not-found', `There is no user "${name}". \`lanyard user list\` shows all.`)
  if (found.status === 'active') return found
  throw new LanyardError('conflict', `The user "${name}" is disabled, and no token of theirs is good.`)
}

async function clientOf({ clients }: House, id: string): Promise<Client> {
  const found = await clients.find(id)
  if (found === undefined)
    throw new LanyardError('not-found', `There is no client "${id}". \`lanyard client list\` shows all.`)
  if (found.status === 'active') return found
  throw new LanyardError('conflict', `The client "${id}" is disabled, and no token of its is good.`)
}

const marks = { ok: '+', narrowed: '~', refused: '-' } as const

function inWords({ steps, sentence }: Explanation): string {
  const blocks = steps.map(({ title, outcome, lines }) =>
    [`${marks[outcome]} ${title}`, ...lines.map((line) => `    ${line}`)].join('\n'),
  )
  return [...blocks, '', sentence].join('\n')
}
