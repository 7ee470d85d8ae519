import { LanyardError } from '../lib/errors.ts'
import type { Fetched } from '../lib/guarded-fetch.ts'
import { type Clock, DAY, MINUTE, SECOND } from '../lib/time.ts'
import { type PublicKey, publicKey } from './key-set.ts'

/** Cached when the answer says nothing about caching. */
const UNSAID = 5 * MINUTE
const LONGEST = DAY
/** At most one fetch in this time for kids that a fresh set does not have, and after a failure. */
const PATIENCE = 10 * SECOND
/** Sets kept; the oldest goes first. */
const KEPT = 1000

/** `tried`: the last attempt, whether it gave keys or not. */
type Keys = { keys: PublicKey[]; freshUntil: number; tried: number; took: number }
type Entry = Keys | { failure: LanyardError; tried: number; took: number }
/** What counts, and the last attempt beside it: keys that are still fresh outlive one that failed. */
type Known = { entry: Entry; attempt: Entry }

/** The last attempt to fetch a set: when and how long (milliseconds), and what came of it. */
export type Attempt = { tried: number; took: number } & (
  | { keys: readonly PublicKey[] }
  | { failure: LanyardError }
)

export type JwksCache = ReturnType<typeof createJwksCache>

/**
 * Clients' key sets by their URL (CAUTH-14): never kept longer than `Cache-Control` allows, fetched anew for an
 * unknown `kid` at a limited rate, one fetch at a time for each URL.
 * @param fetch the guarded fetcher
 */
export function createJwksCache(fetch: (url: string) => Promise<Fetched>, clock: Clock) {
  const sets = new Map<string, Known>()
  const underWay = new Map<string, Promise<Known>>()

  async function attemptAt(url: string): Promise<Entry> {
    const tried = clock()
    const started = performance.now()
    try {
      const answer = await fetch(url)
      const keys = keysOf(answer)
      const freshUntil = tried + lifetime(answer.headers)
      return { keys, freshUntil, tried, took: performance.now() - started }
    } catch (error) {
      if (!(error instanceof LanyardError)) throw error
      return { failure: error, tried, took: performance.now() - started }
    }
  }

  async function load(url: string): Promise<Known> {
    const attempt = await attemptAt(url)
    const { tried } = attempt
    // A stranger's unknown `kid` can cause a fetch, and so can an admin; if that fails, keys that are still fresh stay.
    const before = sets.get(url)?.entry
    const entry = 'failure' in attempt && isFresh(before, tried) ? { ...before, tried } : attempt
    const known = { entry, attempt }
    sets.delete(url)
    sets.set(url, known)
    const oldest = sets.size > KEPT ? sets.keys().next().value : undefined
    if (oldest !== undefined) sets.delete(oldest)
    return known
  }

  function refresh(url: string): Promise<Known> {
    const pending = underWay.get(url) ?? load(url).finally(() => underWay.delete(url))
    underWay.set(url, pending)
    return pending
  }

  function usable(entry: Entry | undefined, kid: string | undefined): entry is Entry {
    if (entry === undefined) return false
    const now = clock()
    const justTried = now - entry.tried < PATIENCE
    if ('failure' in entry) return justTried
    if (!isFresh(entry, now)) return false
    return kid === undefined || entry.keys.some((key) => key.kid === kid) || justTried
  }

  return {
    /**
     * The keys at a URL.
     * @param kid the key that is looked for: a set without it is fetched anew
     * @throws LanyardError `unavailable` when the set cannot be had
     */
    async keys(url: string, kid: string | undefined): Promise<PublicKey[]> {
      const known = sets.get(url)?.entry
      const entry = usable(known, kid) ? known : (await refresh(url)).entry
      if ('failure' in entry) throw entry.failure
      return entry.keys
    },
    /** What the last attempt of this process brought, if there was one. */
    lastAttempt: (url: string): Attempt | undefined => sets.get(url)?.attempt,
    /** Fetches a set now, as a token request would if it had none, and says what came of it. */
    fetchNow: async (url: string): Promise<Attempt> => (await refresh(url)).attempt,
  }
}

function isFresh(entry: Entry | undefined, now: number): entry is Keys {
  return entry !== undefined && 'keys' in entry && now < entry.freshUntil
}

function keysOf(answer: Fetched): PublicKey[] {
  const fail = (detail: string) =>
    new LanyardError('unavailable', "The client's JWKS URL gave no usable key set.", { detail })
  if (answer.status !== 200) throw fail(`status ${answer.status}`)
  let content: unknown
  try {
    content = JSON.parse(answer.body)
  } catch {
    throw fail('the body is not JSON')
  }
  const list = typeof content === 'object' && content !== null && 'keys' in content ? content.keys : undefined
  if (!Array.isArray(list)) throw fail('the body has no member "keys" with an array')
  // Sets may hold keys for other purposes, which are none of our business (RFC 7517 §5).
  return list.slice(0, 100).flatMap((key) => publicKey.safeParse(key).data ?? [])
}

/** Milliseconds that an answer may be kept (RFC 9111 §5.2.2). */
export function lifetime(headers: Fetched['headers']): number {
  const control = headers['cache-control']?.toLowerCase()
  if (control === undefined) return UNSAID
  if (/\bno-(?:store|cache)\b/.test(control)) return 0
  const maxAge = /(?:^|[\s,])max-age="?(\d{1,10})/.exec(control)?.[1]
  if (maxAge === undefined) return UNSAID
  const age = Math.max(0, Number(headers.age ?? 0) || 0)
  return Math.max(0, Math.min((Number(maxAge) - age) * SECOND, LONGEST))
}
