import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import { forbidden } from '../access/refusal.ts'
import type { Session } from '../store/store.ts'
import { isJson, type Json } from './body.ts'
import type { Exchange } from './exchange.ts'
import { partsOf, plainValue, refusedParameter } from './operation-parameters.ts'
import { outcome, outcomeOf } from './outcome.ts'
import { firstOf, type Pairs } from './parameters.ts'
import type { Answer } from './preference.ts'
import type { OperationRoute } from './route.ts'
import { incomingOf, isKept, mustHaveId, type WriteDeps } from './write-handler.ts'

const modes = ['create', 'update', 'delete'] as const
type Mode = (typeof modes)[number]

/**
 * `Type/$validate` and `Type/id/$validate`: whether a resource is right, and with a `mode` whether this token could
 * now create, update or delete it. That is tried for real, by the code that does it, and taken back, so the right that
 * it needs is that of the interaction itself (ENF-23). What is wrong with the resource is the answer, not an error.
 */
export async function validate(
  exchange: Exchange,
  access: Access,
  { type = '', id }: OperationRoute,
  parameters: Pairs,
  deps: WriteDeps,
): Promise<Answer> {
  mustWrite(access, type)
  const { value } = await exchange.json()
  const isBare = value.resourceType !== 'Parameters' || type === 'Parameters'
  const parts = isBare ? [] : partsOf(value)
  const pairs = [...parameters, ...parts.filter((part) => part.resource === undefined).map(plainValue)]
  exchange.asked = pairs
  const resource = isBare ? value : parts.find(({ name }) => name === 'resource')?.resource
  const mode = modeOf(pairs, id)
  if (mode !== 'delete' && !isJson(resource)) throw refusedParameter('resource', 'the resource to look at')
  const session = deps.store.as(access)
  const problem = await problemOf(() => attempt(session, { type, id, mode, resource }, exchange, deps))
  if (problem !== undefined) return { status: 200, body: JSON.stringify(outcomeOf(problem)) }
  const said = outcome('information', 'informational', rightSentence(mode))
  const profile = firstOf(pairs, 'profile')
  if (profile !== undefined) said.issue.push(...outcome('warning', 'not-supported', noProfiles).issue)
  return { status: 200, body: JSON.stringify(said) }
}

type Attempt = { type: string; id: string | undefined; mode: Mode | undefined; resource: unknown }

async function attempt(
  session: Session,
  { type, id, mode, resource }: Attempt,
  exchange: Exchange,
  deps: WriteDeps,
): Promise<void> {
  if (mode === 'delete') {
    session.mustReach('delete', type)
    if (deps.keeps(type)) throw isKept(type)
    return await session.rehearse(async (change) => void (await change.remove(type, id ?? '', undefined)))
  }
  const parsed = { value: resource as Json, exact: undefined }
  const incoming = incomingOf(parsed, type, id ?? exchange.newId(), deps)
  if (mode === 'create') {
    session.mustReach('create', type)
    await session.rehearse(async (change) => void (await change.create(incoming)))
  } else if (mode === 'update') {
    session.mustReach('update', type)
    mustHaveId(parsed, id ?? '')
    const terms = { versions: undefined, mayCreate: deps.updateCreate }
    await session.rehearse(async (change) => void (await change.update(incoming, terms)))
  }
}

/** What is wrong with the resource; a right that is missing stays an error. */
async function problemOf(work: () => Promise<void>): Promise<LanyardError | undefined> {
  try {
    await work()
    return undefined
  } catch (error) {
    if (error instanceof LanyardError && aboutResource.has(error.code)) return error
    throw error
  }
}

const aboutResource: ReadonlySet<string> = new Set(['invalid-request', 'conflict', 'precondition-failed'])

/** @throws LanyardError `forbidden` for who may neither create nor update (ENF-23) */
function mustWrite(access: Access, type: string): void {
  const [create, update] = (['create', 'update'] as const).map((letter) => access.decide(letter, type))
  if (create === undefined || create.allowed || update?.allowed) return
  throw forbidden(create.reason, `${create.sentence} To validate needs the right to create or to update.`)
}

/** @throws LanyardError `invalid-request` for a mode that is not here, or not at this address */
function modeOf(pairs: Pairs, id: string | undefined): Mode | undefined {
  const named = firstOf(pairs, 'mode')
  const mode = modes.find((known) => known === named)
  if (named !== undefined && mode === undefined) throw refusedParameter('mode', 'create, update or delete')
  if (mode !== undefined && (mode === 'create') !== (id === undefined)) {
    throw refusedParameter(
      'mode',
      id === undefined ? '"create", where no id is named' : '"update" or "delete"',
    )
  }
  return mode
}

const noProfiles = 'Only the rules of FHIR R4 itself were looked at, and no profile.'

function rightSentence(mode: Mode | undefined): string {
  return mode === undefined
    ? 'The resource follows the rules of FHIR R4 that this server checks.'
    : `This token could ${mode} it now.`
}
