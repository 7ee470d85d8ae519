import { type RawBuilder, sql } from 'kysely'
import { isAct, isNoRead } from '../store/migrations/016-pages.ts'
import { eventGroups, isEventGroup } from './event-groups.ts'
import type { Sought } from './sought.ts'

/** Rows of a table that an index finds, in the order of their numbers. */
type Arm = { table: 'audit' | 'audit_about'; where: RawBuilder<unknown> }
/** From a number up to another one that is not included. */
export type Range = { from: number; to: number }

/**
 * A query for the newest numbers of rows that an index finds by one of the conditions, if one does: the rest is
 * compared row by row.
 * @param most numbers
 */
export function amongIndexed(
  sought: Sought,
  { from, to }: Range,
  most: number,
): RawBuilder<{ seq: number }> | undefined {
  const arms = armsOf(sought)
  if (arms === undefined) return undefined
  // Each by itself, in its order: an index of many values at once would have to be sorted.
  const each = arms.map(
    ({ table, where }) =>
      sql`select seq from (select seq from ${sql.table(table)} where ${where} and seq >= ${from} and seq < ${to}
        order by seq desc limit ${most}) as arm`,
  )
  return sql`select seq from (${sql.join(each, sql` union all `)}) as arms order by seq desc limit ${most}`
}

/** The likely fewest first. */
function armsOf({ patient, userId, clientId, event, outcome }: Sought): Arm[] | undefined {
  const audit = (where: RawBuilder<unknown>): Arm => ({ table: 'audit', where })
  const isRefused = outcome !== undefined && outcome !== 'success'
  if (patient !== undefined) {
    const where = sql`patient = ${patient}`
    return [audit(where), { table: 'audit_about', where }]
  }
  if (userId !== undefined) return [audit(sql`user_id = ${userId}`)]
  const ofClient = clientId === undefined ? sql`` : sql`client_id = ${clientId} and `
  if (isRefused) return [audit(sql`${ofClient}outcome <> 'success'`)]
  if (event === 'admin') return [audit(sql`${ofClient}${sql.raw(isAct)}`)]
  const events = eventsOf(event)
  if (events !== undefined) return events.map((one) => audit(sql`event = ${one} and ${sql.raw(isNoRead)}`))
  return clientId === undefined ? undefined : [audit(sql`client_id = ${clientId}`)]
}

/** Those that are meant, if there is no read of a record among them. */
function eventsOf(event: string | undefined): readonly string[] | undefined {
  if (event === undefined || event === 'read') return undefined
  if (isEventGroup(event)) return event === 'admin' ? undefined : eventGroups[event]
  return eventGroups.read.some((read) => read === event) ? undefined : [event]
}
