import type { Command } from 'commander'
import type { Client } from '../clients/registry.ts'
import { type Asked, type Explanation, explain } from '../fhir/explain/explain.ts'
import type { ExplainedRole } from '../fhir/explain/roles.ts'
import { fhirStoreOf, type House } from '../house.ts'
import { LanyardError } from '../lib/errors.ts'
import type { Question } from '../pages/admin/operations/explain.ts'
import { endpointsOf } from '../smart/discovery.ts'
import { policyOf } from '../smart/policy.ts'
import { explainWordsIn } from '../smart/words/languages.ts'
import type { RoleFile } from '../users/role-file.ts'
import { reachOf, type User } from '../users/user.ts'
import { readJson } from './files.ts'
import { inHouse, print, type Terminal } from './terminal.ts'

/** `data`: also how many resources it finds. */
type Asking = Question & { data?: boolean }
type Options = Omit<Asking, 'method' | 'path' | 'draft'> & { draft?: string; json?: boolean }

export function explainCommand(program: Command, terminal: Terminal): void {
  program
    .command('explain')
    .description('Tell step by step whether a request would be allowed, and why.')
    .argument('<method>', 'GET, POST, PUT, PATCH or DELETE')
    .argument('<path>', "behind the FHIR base, e.g. '/Observation?category=laboratory'")
    .requiredOption('--scope <scopes>', 'what the app asks for')
    .option('--user <username>', 'the person who uses the app')
    .option('--client <id>', 'the app or service; without it, only scopes and roles count')
    .option('--role <name>', 'as if this were the only role of the user, or of the service')
    .option('--patient <id>', 'the patient in context')
    .option('--draft <file>', 'a role file: the same as if it were stored already, beside how it is')
    .option('--data', 'also say how many resources it finds')
    .option('--json', 'print JSON')
    .action((method: string, path: string, { draft, json, ...asked }: Options) =>
      inHouse(terminal, async (house) => {
        const explanation = await explainIn(house, { method, path, ...asked })
        const then =
          draft === undefined
            ? undefined
            : await explainIn(house, { method, path, ...asked, draft: fileIn(house, draft) })
        print(terminal, json, then === undefined ? explanation : { now: explanation, draft: then }, () =>
          then === undefined
            ? inWords(explanation)
            : ['As it is:', inWords(explanation), '', 'With the draft:', inWords(then)].join('\n'),
        )
        if (!(then ?? explanation).allowed) terminal.exitCode = 1
      }),
    )

  /** @throws LanyardError `invalid-request` for what is no role */
  function fileIn({ roles }: House, path: string): RoleFile {
    return roles.check(readJson(terminal.folder, path))
  }
}

/**
 * The same for the console.
 * @throws LanyardError `not-found` for a user or client that is not there
 */
export async function explainIn(
  house: House,
  { method, path, draft, ...options }: Asking,
): Promise<Explanation> {
  const { config, definitions, vocabulary } = house
  if (options.role !== undefined && options.user === undefined && options.client === undefined)
    throw new LanyardError('invalid-request', 'Name the user or the service that has this role alone.')
  const user = options.user === undefined ? undefined : await userOf(house, options.user)
  const client = options.client === undefined ? undefined : await clientOf(house, options.client)
  return await explain(
    {
      ...(await askedBy({ house, only: options.role, draft }, user, client)),
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
      words: explainWordsIn(options.lang ?? 'en'),
      store: options.data ? await fhirStoreOf(house) : undefined,
    },
  )
}

type Supposed = { house: House; only: string | undefined; draft: RoleFile | undefined }

async function askedBy(
  supposed: Supposed,
  user: User | undefined,
  client: Client | undefined,
): Promise<Pick<Asked, 'user' | 'client' | 'clientRoles'>> {
  const { only } = supposed
  const own = user === undefined ? (only === undefined ? client?.metadata.roles : [only]) : undefined
  const roles = await rolesOf(supposed, own ?? (only === undefined ? (user?.roles ?? []) : [only]))
  const policy = roles.flatMap((role) => role.policy)
  return {
    user: user && { name: user.username, reach: reachOf({ ...user, policy }, client?.id), roles },
    client: client && {
      id: client.id,
      scope: client.metadata.scope,
      mayRefresh: client.metadata.grant_types.includes('refresh_token'),
      policy: own === undefined ? undefined : policy,
    },
    clientRoles: own === undefined ? [] : roles,
  }
}

async function rolesOf(
  { house: { roles, vocabulary }, draft }: Supposed,
  names: readonly string[],
): Promise<ExplainedRole[]> {
  const unknown = (await roles.unknown(names)).filter((name) => name !== draft?.role)
  return await Promise.all(
    names.map(async (name): Promise<ExplainedRole> => {
      const disabled = (await roles.find(name))?.status === 'disabled'
      const isDraft = name === draft?.role && !disabled
      const policy = isDraft ? policyOf(draft, vocabulary) : await roles.policyOf([name])
      const why = unknown.includes(name) ? 'unknown' : disabled ? 'disabled' : undefined
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
