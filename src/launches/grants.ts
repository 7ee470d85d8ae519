import type { ExpressionBuilder, Kysely, Selectable } from 'kysely'
import type { Act } from '../lib/act.ts'
import { randomId } from '../lib/id.ts'
import { type Clock, DAY, MINUTE } from '../lib/time.ts'
import type { Simulation } from '../smart/fault.ts'
import type { LaunchContext } from '../smart/launch-context.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { type Duration, lifetimes, shorterOf } from './durations.ts'
import type { Flights } from './flights.ts'
import { type ConsentOf, forgetConsent } from './forget-consent.ts'

/** What one launch granted: one app, one user, one context. Its tokens live as long as it does. */
export type LaunchGrant = {
  id: string
  clientId: string
  userId: string
  /** The granted scopes, as the client wrote them. */
  scope: string
  context: LaunchContext
  refresh: 'offline' | 'online' | undefined
  sessionUid: string | undefined
  duration: Duration
  flightId: string | undefined
  /** Of a launch that the simulator made. */
  simulated?: Simulation | undefined
  created: number
  expires: number
  used: number | undefined
}

/** Milliseconds: longer than a code is good for. */
const UNREDEEMED = 2 * MINUTE

/** What somebody decided, as texts of scopes (consents.ts). */
type Decided = { granted: string; refused: string }
/** Grants of one app for one patient that are listed. */
const NEWEST = 20

export type NewGrant = Omit<LaunchGrant, 'id' | 'created' | 'expires' | 'used'>
/** Why a grant ended, for the audit and for the flight record. */
export type EndReason =
  | 'withdrawn'
  | 'code-reused'
  | 'refresh-reused'
  | 'revoked-by-app'
  | 'signed-out'
  | 'ended-by-admin'

/** Which grants end: one, those that live by a session, or all of an app for a patient with what is remembered of it. */
type Ending = { id: string } | { sessionUid: string } | ConsentOf

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnGrantChange = (
  kysely: Kysely<Tables>,
  change: {
    event: 'launch.authorize' | 'grant.narrow' | 'grant.revoke'
    grant: LaunchGrant
    reason?: EndReason
    /** Who did it, where it was not its user. */
    act?: Act
  },
) => Promise<void>

type Deps = { db: Database; clock: Clock; flights: Pick<Flights, 'note'>; onChange: OnGrantChange }

export type LaunchGrants = ReturnType<typeof createLaunchGrants>

/** The register of what launches granted. */
export function createLaunchGrants({ db, clock, flights, onChange }: Deps) {
  const live = (now: number) =>
    db.kysely.selectFrom('launch_grant').selectAll().where('revoked', 'is', null).where('expires', '>', now)
  const byId = live(0).where('grant_id', '=', '').compile()
  const touch = db.kysely
    .updateTable('launch_grant')
    .set({ used: 0 })
    .where('grant_id', '=', '')
    .where('revoked', 'is', null)
    .where('expires', '>', 0)
    .compile()

  /**
   * @param remembered the decision that it rests on, if nobody was asked
   * @returns nothing if that was taken back meanwhile
   */
  async function create(grant: NewGrant, remembered?: Decided): Promise<LaunchGrant | undefined> {
    const now = clock()
    const made = { ...grant, id: randomId(), created: now, expires: now + UNREDEEMED, used: undefined }
    return await db.together(async (trx) => {
      if (remembered !== undefined && !(await stillDecided(trx, made, remembered))) return undefined
      await trx.insertInto('launch_grant').values(toRow(made)).execute()
      await onChange(trx, { event: 'launch.authorize', grant: made })
      return made
    })
  }

  /** Whoever withdraws an app deletes the decision first, and waits here until this launch is there to be ended too. */
  async function stillDecided(
    trx: Kysely<Tables>,
    { userId, clientId, context }: NewGrant,
    { granted, refused }: Decided,
  ): Promise<boolean> {
    const found = trx
      .selectFrom('consent')
      .select(['granted', 'refused'])
      .where('user_id', '=', userId)
      .where('client_id', '=', clientId)
      .where('patient', '=', context.patient ?? '')
    const row = await (db.dialect === 'postgres' ? found.forShare() : found).executeTakeFirst()
    return row?.granted === granted && row.refused === refused
  }

  /** The grant while it is alive. */
  async function find(id: string): Promise<LaunchGrant | undefined> {
    const [row] = await db.read(bind(byId, clock(), id))
    return row === undefined ? undefined : grantOf(row)
  }

  /**
   * Notes that an app went on with a grant, and renews it if it is one that use renews.
   * @returns until when it lives now (milliseconds), or nothing if it ended meanwhile
   */
  async function use(trx: Kysely<Tables>, grant: LaunchGrant): Promise<number | undefined> {
    const now = clock()
    const expires = usedUntil(grant, now)
    // Told to the minute: a refresh has enough to write. What a grant that ended meanwhile issues is dead by itself.
    const isTold = grant.used !== undefined && now - grant.used < MINUTE
    if (isTold && expires === grant.expires) return expires
    const { numAffectedRows } = await trx.executeQuery(bind(touch, now, grant.id, now))
    if (numAffectedRows !== 1n) return undefined
    if (expires !== grant.expires)
      await trx.updateTable('launch_grant').set({ expires }).where('grant_id', '=', grant.id).execute()
    return expires
  }

  /**
   * The live grants of a user whose app has got a token, newest first: of each app and patient the newest ones, so
   * that no app hides another however often it is launched.
   */
  async function ofUser(userId: string): Promise<LaunchGrant[]> {
    const ranked = live(clock())
      .where('user_id', '=', userId)
      .where('used', 'is not', null)
      .select(({ fn }) =>
        fn
          .agg<number>('row_number')
          .over((over) => over.partitionBy(['client_id', 'patient']).orderBy('created', 'desc'))
          .as('rank'),
      )
    const rows = await db.kysely
      .selectFrom(ranked.as('ranked'))
      .selectAll()
      .where('rank', '<=', NEWEST)
      .orderBy('created', 'desc')
      .execute()
    return rows.map(grantOf)
  }

  /** All live grants of a user to one app, newest first: also those whose code the app has not redeemed yet. */
  async function ofApp(userId: string, clientId: string): Promise<LaunchGrant[]> {
    const rows = await live(clock())
      .where('user_id', '=', userId)
      .where('client_id', '=', clientId)
      .orderBy('created', 'desc')
      .execute()
    return rows.map(grantOf)
  }

  /** Ends grants for good; their tokens are dead at the next request. Those that ended already are left alone. */
  async function end(which: Ending, reason: EndReason, act?: Act): Promise<number> {
    const ended = await db.together(async (trx) => {
      // Before its launches: one that is about to begin by what is remembered either finds it gone, or ends with them.
      if ('clientId' in which) await forgetConsent(trx, which)
      const ending = trx.updateTable('launch_grant').set({ revoked: clock() }).where('revoked', 'is', null)
      const rows = await ending
        .where((row) => endedBy(row, which))
        .returningAll()
        .execute()
      const grants = rows.map(grantOf)
      for (const grant of grants)
        await onChange(trx, { event: 'grant.revoke', grant, reason, ...(act === undefined ? {} : { act }) })
      return grants
    })
    for (const { flightId } of ended) {
      if (flightId !== undefined) flights.note(flightId, { event: 'end', outcome: 'refused', reason })
    }
    return ended.length
  }

  /**
   * Replaces what a grant grants by something narrower, if it still says what the caller saw.
   * @returns false if it changed or ended meanwhile
   */
  async function narrow(grant: LaunchGrant, scope: string): Promise<boolean> {
    return await db.together(async (trx) => {
      const row = await trx
        .updateTable('launch_grant')
        .set({ scope })
        .where('grant_id', '=', grant.id)
        .where('scope', '=', grant.scope)
        .where('revoked', 'is', null)
        .where('expires', '>', clock())
        .returningAll()
        .executeTakeFirst()
      if (row !== undefined) await onChange(trx, { event: 'grant.narrow', grant: grantOf(row) })
      return row !== undefined
    })
  }

  return { create, find, use, ofUser, ofApp, end, narrow }
}

function endedBy({ eb, and }: ExpressionBuilder<Tables, 'launch_grant'>, which: Ending) {
  if ('clientId' in which) {
    const { userId, clientId, patient } = which
    const ofPatient = patient === undefined ? eb('patient', 'is', null) : eb('patient', '=', patient)
    return and([eb('user_id', '=', userId), eb('client_id', '=', clientId), ofPatient])
  }
  // What may go on without its user goes on without the session.
  return 'sessionUid' in which
    ? and([eb('session_uid', '=', which.sessionUid), eb('refresh', '=', 'online')])
    : eb('grant_id', '=', which.id)
}

function toRow(grant: LaunchGrant) {
  return {
    grant_id: grant.id,
    client_id: grant.clientId,
    user_id: grant.userId,
    scope: grant.scope,
    context: JSON.stringify(grant.context),
    created: grant.created,
    expires: grant.expires,
    revoked: null,
    session_uid: grant.sessionUid ?? null,
    refresh: grant.refresh ?? null,
    duration: grant.duration,
    used: null,
    flight_id: grant.flightId ?? null,
    patient: grant.context.patient ?? null,
    simulated: grant.simulated ?? null,
  }
}

/** A grant of an app whose longest time may have been shortened since: what runs keeps its end, and begins no more anew. */
export function heldTo(grant: LaunchGrant, longest: Duration): LaunchGrant {
  const isFixed = grant.used !== undefined && grant.duration !== 'months'
  return isFixed ? grant : { ...grant, duration: shorterOf(grant.duration, longest) }
}

/**
 * Until when a grant lives that is used now (milliseconds): its time begins with its first token. REFR-08: where use
 * renews it, once a day at most, since every change of it makes all nodes look at all tokens again.
 */
export function usedUntil({ duration, expires, used }: LaunchGrant, now: number): number {
  if (used === undefined) return now + lifetimes[duration]
  const anew = now + lifetimes.months
  return duration === 'months' && anew - expires > DAY ? anew : expires
}

/** Why a row of `launch_grant` is no grant any more. @param now milliseconds */
export function endOf(
  { revoked, expires }: Pick<Selectable<Tables['launch_grant']>, 'revoked' | 'expires'>,
  now: number,
): 'revoked' | 'expired' | undefined {
  if (revoked !== null) return 'revoked'
  return expires <= now ? 'expired' : undefined
}

/** A row of `launch_grant`, whether it is alive or not. */
export function grantOf(row: Selectable<Tables['launch_grant']>): LaunchGrant {
  return {
    id: row.grant_id,
    clientId: row.client_id,
    userId: row.user_id ?? '',
    scope: row.scope,
    context: JSON.parse(row.context) as LaunchContext,
    refresh: row.refresh ?? undefined,
    sessionUid: row.session_uid ?? undefined,
    duration: row.duration,
    flightId: row.flight_id ?? undefined,
    ...(row.simulated === null ? {} : { simulated: row.simulated }),
    created: row.created,
    expires: row.expires,
    used: row.used ?? undefined,
  }
}
