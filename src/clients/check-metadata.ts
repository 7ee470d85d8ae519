import { LanyardError } from '../lib/errors.ts'
import { mistakeOf, problemsIn } from '../lib/mistakes.ts'
import { type ClientMetadata, metadataSchema } from './metadata.ts'

/**
 * Reads what would be registered.
 * @param scopeProblems sentences about a `scope` member that this server cannot grant
 * @throws LanyardError `invalid-request` with every mistake
 */
export function checkMetadata(input: unknown, scopeProblems: (scope: string) => string[]): ClientMetadata {
  const parsed = metadataSchema.safeParse(input)
  const problems = parsed.success
    ? (['scope', 'default_scope'] as const).flatMap((path) =>
        scopeProblems(parsed.data[path] ?? '').map((message) => ({ path, message })),
      )
    : problemsIn(parsed.error)
  if (parsed.success && problems.length === 0) return parsed.data
  // A scope is named by its own sentence.
  const sentences = problems.map((problem) => (parsed.success ? problem.message : mistakeOf(problem)))
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
