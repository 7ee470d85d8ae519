import type { Words } from '../../words/en.ts'
import type { Fact } from '../parts.ts'

/** How an app proves who it is, and by what it gets tokens: in words, with the code of each beside. */
export function proofFacts(
  { token_endpoint_auth_method: method, grant_types }: Readonly<Record<string, unknown>>,
  { admin }: Words,
): Fact[] {
  const { facts, methods, grants, how } = admin.credentials
  const codes = Array.isArray(grant_types) ? grant_types.map(String) : []
  return [
    ...(typeof method === 'string' ? [{ label: facts.method, value: inWords([method], methods) }] : []),
    ...(codes.length === 0 ? [] : [{ label: how, value: inWords(codes, grants) }]),
  ]
}

function inWords(codes: readonly string[], words: Readonly<Record<string, string>>): Fact['value'] {
  const known = codes.flatMap((code) => words[code] ?? [])
  return { text: known.length === 0 ? undefined : known.join('; '), code: codes.join(', ') }
}
