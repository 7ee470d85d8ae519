import { z } from 'zod'
import type { Act } from '../../../lib/act.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { mistakeOf, problemsIn } from '../../../lib/mistakes.ts'

/** `admin` may do all; `auditor` sees all and changes nothing. */
export type Role = 'admin' | 'auditor'

/** Who asks for an operation: somebody in the console, or a client with its token. */
export type Actor = {
  role: Role
  userId?: string | undefined
  clientId?: string | undefined
  /** Of the HTTP request, where it is one. */
  requestId?: string | undefined
}

/** What an operation needs to be asked for. */
export type Right = 'see' | 'change'

/**
 * One thing that admins do. The console's pages, the JSON API and its OpenAPI document are all made from it: the
 * same validation, the same rights, the same audit.
 */
export type Operation<In extends z.ZodObject = z.ZodObject, Out extends z.ZodType = z.ZodType> = {
  /** Its name in the OpenAPI document: `listApps`. */
  name: string
  method: 'get' | 'post' | 'put' | 'delete'
  /** Below `/admin/api`; what stands in braces is a member of the input. */
  path: string
  /** One sentence, for the OpenAPI document. */
  summary: string
  needs: Right
  /**
   * All that it is told: members of the path; `version`, which the API takes from `If-Match`; the rest is the query
   * of GET and DELETE, and the JSON body otherwise.
   */
  input: In
  /** A member `version` is the ETag of the answer, `next` leads to the next page. */
  output: Out
  /** Of the API's answer. */
  status?: 200 | 201 | 204
  // As a method, so that operations of all inputs fit into one table: `perform` has parsed what it gets.
  run(input: z.output<In>, act: Act, role: Role): Promise<z.input<Out>>
}

/** Says an operation with the types of its input and output. */
export function operation<In extends z.ZodObject, Out extends z.ZodType>(
  it: Operation<In, Out>,
): Operation<In, Out> {
  return it
}

/** What an operation answers with in place of JSON. */
export type SentFile = { type: string; name: string; content: AsyncIterable<string> }

const fileTypes = new WeakMap<object, readonly string[]>()

/** The output of an operation that answers with a file. @param types as `Content-Type` says them */
export function file(types: readonly string[]): z.ZodType<SentFile, SentFile> {
  const schema = z.custom<SentFile>()
  fileTypes.set(schema, types)
  return schema
}

/** The types of a file, if that is the output. */
export function fileTypesOf(output: z.ZodType): readonly string[] | undefined {
  return fileTypes.get(output)
}

/** Operations by the word that the console's code has for them. */
export type Operations = Readonly<Record<string, Operation>>

/** Most characters of the reason that somebody gives for a change. */
const REASON = 500

/** What somebody looks for: without control characters, which no name of ours has and PostgreSQL does not take. */
export const soughtText = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^\P{Cc}*$/u, 'must have no control characters')

/** Members of the input of every change: why, in the words of who does it. */
export const reason = {
  reason: z
    .string()
    .trim()
    .max(REASON)
    .regex(/^\P{Cc}*$/u, 'must have no line breaks')
    .optional()
    .describe('Kept in the audit beside who did it.'),
}

/** Of a change of something that was seen before: the version that was seen. */
export const version = z.coerce.number().int().min(1).describe('The version that was seen.')

/** Of lists: where a page begins, and how long it is. */
export const paging = {
  after: z.string().max(500).optional().describe('`next` of the page before.'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
}

/**
 * Carries out an operation, if this actor may ask for it.
 * @param given the input as it came
 * @throws LanyardError `forbidden` (reason `read-only`), `invalid-request` with problems by member, and what it throws
 */
export async function perform<In extends z.ZodObject, Out extends z.ZodType>(
  { needs, input, run }: Operation<In, Out>,
  given: unknown,
  { role, userId, clientId: by, requestId }: Actor,
): Promise<z.input<Out>> {
  if (!mayDo(role, needs)) {
    throw new LanyardError('forbidden', 'An auditor sees everything and changes nothing.', {
      reason: 'read-only',
    })
  }
  const parsed = input.safeParse(given)
  if (!parsed.success) {
    const problems = problemsIn(parsed.error)
    throw new LanyardError('invalid-request', `${problems.map(mistakeOf).join('; ')}.`, { problems })
  }
  const { reason } = parsed.data as { reason?: string }
  const act = { userId, by, requestId, reason: reason === '' ? undefined : reason }
  return await run(parsed.data, act, role)
}

export function mayDo(role: Role, needs: Right): boolean {
  return role === 'admin' || needs === 'see'
}
