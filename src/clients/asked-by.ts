import { type AskedScopes, askedScopes } from '../smart/asked-scopes.ts'
import { parseScopes, type Vocabulary } from '../smart/scope.ts'
import type { Client } from './client.ts'

/** What an app may get of a text of scopes, by its registration. */
export function askedBy(
  { metadata }: Pick<Client, 'metadata'>,
  text: string,
  vocabulary: Vocabulary,
): AskedScopes {
  return askedScopes(text, {
    vocabulary,
    ceiling: parseScopes(metadata.scope, vocabulary).scopes,
    mayRefresh: metadata.grant_types.includes('refresh_token'),
  })
}
