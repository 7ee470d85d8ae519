import { randomUUID } from 'node:crypto'
import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import type { Changed, Note } from '../store/change.ts'
import type { Stored } from '../store/item.ts'
import type { FhirStore } from '../store/store.ts'
import { InvalidResource } from '../validate/issue.ts'
import type { Validate } from '../validate/validate.ts'
import { jsonBody, type Parsed } from './body.ts'
import { versionsOf } from './conditional.ts'
import { type Answer, answerOf } from './preference.ts'

export type WriteDeps = {
  store: FhirStore
  fhirBase: string
  validate: Validate
  /** Whether a PUT may give a resource an id that is not there. */
  updateCreate: boolean
}

/** `POST Type`: the server gives the id (REST-06). */
export async function create(
  ctx: Context,
  access: Access,
  { type }: { type: string },
  note: Note,
  deps: WriteDeps,
): Promise<Answer> {
  const session = deps.store.as(access)
  session.mustReach('create', type)
  const incoming = incomingOf(await jsonBody(ctx), type, randomUUID(), deps)
  const created = await session.change(note, (change) => change.create(incoming))
  return changedAnswer(ctx, created, deps)
}

/** `PUT Type/id` (REST-07). */
export async function update(
  ctx: Context,
  access: Access,
  { type, id }: { type: string; id: string },
  note: Note,
  deps: WriteDeps,
): Promise<Answer> {
  const session = deps.store.as(access)
  session.mustReach('update', type)
  const parsed = await jsonBody(ctx)
  mustHaveId(parsed, id)
  const incoming = incomingOf(parsed, type, id, deps)
  const terms = { versions: versionsOf(ctx.req.headers['if-match']), mayCreate: deps.updateCreate }
  const updated = await session.change(note, (change) => change.update(incoming, terms))
  return changedAnswer(ctx, updated, deps)
}

/** `DELETE Type/id` (REST-10). */
export async function remove(
  ctx: Context,
  access: Access,
  { type, id }: { type: string; id: string },
  note: Note,
  { store }: WriteDeps,
): Promise<Answer> {
  const session = store.as(access)
  session.mustReach('delete', type)
  const versions = versionsOf(ctx.req.headers['if-match'])
  const removed = await session.change(note, (change) => change.remove(type, id, versions))
  if (removed !== undefined) ctx.set('etag', `W/"${removed.version}"`)
  return { status: 204, body: undefined }
}

/** The answer to a create or update, with where the version is and how the client wants it (REST-13). */
function changedAnswer(ctx: Context, changed: Changed, { fhirBase }: WriteDeps): Answer {
  const { type, id, version, updated, isNew } = changed
  ctx.set('etag', `W/"${version}"`)
  ctx.set('last-modified', new Date(updated).toUTCString())
  if (isNew) ctx.set('location', `${fhirBase}/${type}/${id}/_history/${version}`)
  return answerOf(ctx, changed)
}

/**
 * What is stored: the body with the id that it gets, whatever its own was.
 * @throws LanyardError `invalid-request` for another type, `InvalidResource`
 */
export function incomingOf(
  { value, exact }: Parsed,
  type: string,
  id: string,
  { validate }: Pick<WriteDeps, 'validate'>,
): { resource: Stored; exact?: Stored } {
  const { resourceType } = value
  if (resourceType !== type) {
    throw new LanyardError(
      'invalid-request',
      `The address says ${type}, and the body's resourceType is something else.`,
      { word: 'invalid', reason: 'type-mismatch' },
    )
  }
  const resource = { ...value, resourceType: type, id }
  const issues = validate(resource)
  if (issues.length > 0) throw new InvalidResource(issues)
  return exact === undefined ? { resource } : { resource, exact: { ...exact, resourceType: type, id } }
}

function mustHaveId({ value }: Parsed, id: string): void {
  if (value.id === id) return
  throw new LanyardError('invalid-request', `The body needs the id that the address names: "${id}".`, {
    word: 'invalid',
    reason: 'id-mismatch',
  })
}
