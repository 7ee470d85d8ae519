import { type Clock, DAY } from '../lib/time.ts'
import type { Log } from '../observe/log.ts'
import type { Database } from '../store/database.ts'
import type { Assertion, Failure } from './assertion-rules.ts'

/** Characters of header and claims as JSON; what is longer is left out, as half of it says nothing. */
const LONGEST = 4000
/** Clients whose failures may wait to be stored. */
const MOST = 1000

/** The last assertion of a client that failed; never the signature. */
export type FailedAssertion = {
  clientId: string
  header: Assertion['header'] | undefined
  claims: Assertion['claims'] | undefined
  /** `client_id` that was sent beside it. */
  sentClientId: string | undefined
  reason: string
  sentence: string
  /** Milliseconds. */
  at: number
}

export type FailedAssertions = ReturnType<typeof createFailedAssertions>

/**
 * Keeps of each client the last assertion that failed, for the assertion doctor. Anybody can send one in the name of a
 * client: so it is one row a client, of a bounded size, written by one writer at a time while nobody waits for it.
 */
export function createFailedAssertions(deps: {
  db: Database
  clock: Clock
  keepDays: number
  log: Pick<Log, 'error'>
}) {
  const { clock, keepDays } = deps
  const { kysely } = deps.db
  const waiting = new Map<string, FailedAssertion>()
  let writing: Promise<void> | undefined

  function note(
    clientId: string,
    { header, claims }: Assertion,
    { reason, sentence }: Failure,
    sentClientId: string | undefined,
  ): void {
    if (waiting.size >= MOST && !waiting.has(clientId)) return
    const at = clock()
    waiting.set(clientId, { clientId, header, claims, sentClientId, reason, sentence, at })
    begin()
  }

  function begin(): void {
    writing ??= storeAll().finally(() => {
      writing = undefined
      if (waiting.size > 0) begin()
    })
  }

  /** Resolves when all that was noted is stored. */
  async function settled(): Promise<void> {
    while (writing !== undefined) await writing
  }

  async function storeAll(): Promise<void> {
    for (const [id, failure] of waiting) {
      waiting.delete(id)
      await store(failure).catch((error: unknown) =>
        // The audit has it all the same.
        deps.log.error({ err: error }, 'a failed assertion could not be kept'),
      )
    }
  }

  async function store(failure: FailedAssertion): Promise<void> {
    const { clientId: client_id, header, claims, sentClientId, reason, sentence, at } = failure
    const row = {
      content: storable({ header, claims, sentClientId: sentClientId?.slice(0, 100) }),
      reason,
      sentence: sentence.slice(0, 500),
      at,
      expires: at + keepDays * DAY,
    }
    await kysely
      .insertInto('failed_assertion')
      .values({ client_id, ...row })
      .onConflict((conflict) => conflict.column('client_id').doUpdateSet(row))
      .execute()
  }

  /** The last one of a client, if it is still kept. */
  async function last(clientId: string): Promise<FailedAssertion | undefined> {
    return (await latest([clientId], 1))[0]
  }

  /** The latest ones, newest first. @param of these clients only */
  async function latest(of: readonly string[] | undefined, most: number): Promise<FailedAssertion[]> {
    if (of?.length === 0) return []
    await settled()
    const rows = await kysely
      .selectFrom('failed_assertion')
      .selectAll()
      .where('expires', '>', clock())
      .$if(of !== undefined, (query) => query.where('client_id', 'in', of ?? []))
      .orderBy('at', 'desc')
      .orderBy('client_id')
      .limit(most)
      .execute()
    return rows.map((row) => ({
      clientId: row.client_id,
      ...contentOf(row.content),
      reason: row.reason,
      sentence: row.sentence,
      at: row.at,
    }))
  }

  return { note, last, latest, settled }
}

type Content = Pick<FailedAssertion, 'header' | 'claims' | 'sentClientId'>

function storable(content: Content): string | null {
  const text = JSON.stringify(content)
  return text.length <= LONGEST && !text.includes('\\u0000') ? text : null
}

function contentOf(text: string | null): Content {
  const { header, claims, sentClientId } = text === null ? {} : (JSON.parse(text) as Partial<Content>)
  return { header, claims, sentClientId }
}
