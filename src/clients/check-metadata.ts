import { LanyardError, type Problem } from '../lib/errors.ts'
import { mistakeOf, problemsIn } from '../lib/mistakes.ts'
import { longestTokenOf } from './lifetimes.ts'
import { type ClientMetadata, metadataSchema } from './metadata.ts'

/** What this server can give any client. */
export type ServerLimits = {
  /** Sentences about a `scope` member that it cannot grant. */
  scopeProblems: (scope: string) => string[]
  /** How long access tokens of apps live (seconds). */
  appTokenSeconds: number
}

/**
 * Reads what would be registered.
 * @throws LanyardError `invalid-request` with every mistake
 */
export function checkMetadata(input: unknown, limits: ServerLimits): ClientMetadata {
  const parsed = metadataSchema.safeParse(input)
  const beyond = parsed.success ? beyondServer(parsed.data, limits) : undefined
  const problems = beyond?.map(({ problem }) => problem) ?? (parsed.success ? [] : problemsIn(parsed.error))
  if (parsed.success && problems.length === 0) return parsed.data
  const sentences = beyond?.map(({ sentence }) => sentence) ?? problems.map(mistakeOf)
  throw new LanyardError(
    'invalid-request',
    `The client's metadata cannot be accepted: ${sentences.join('; ')}.`,
    {
      problems,
      word: problems.some(({ path }) => path.startsWith('redirect_uris'))
        ? 'invalid_redirect_uri'
        : 'invalid_client_metadata',
    },
  )
}

/** What is right in itself and more than this server gives. */
function beyondServer(
  metadata: ClientMetadata,
  { scopeProblems, appTokenSeconds }: ServerLimits,
): { problem: Problem; sentence: string }[] {
  const scopes = (['scope', 'default_scope'] as const).flatMap((path) =>
    // A scope is named by its own sentence.
    scopeProblems(metadata[path] ?? '').map((message) => ({ problem: { path, message }, sentence: message })),
  )
  const longest = longestTokenOf(metadata, appTokenSeconds)
  if ((metadata.access_token_lifetime ?? 0) <= longest) return scopes
  const problem = { path: 'access_token_lifetime', message: `must be at most ${longest} seconds` }
  return [...scopes, { problem, sentence: mistakeOf(problem) }]
}
