import { z } from 'zod'
import type { AuditCheck, AuditChecks } from '../../../audit/checks.ts'
import { eventGroupNames } from '../../../audit/event-groups.ts'
import type { AuditLook } from '../../../audit/look.ts'
import type { AuditRow } from '../../../audit/rows.ts'
import type { Sought } from '../../../audit/sought.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { DAY, instant } from '../../../lib/time.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import type { Looks } from '../looks.ts'
import { cursorOf, readCursor } from './cursor.ts'
import { operation, paging, reason, soughtText } from './operation.ts'

export type AuditOperationDeps = {
  auditLook: Pick<AuditLook, 'newest' | 'one'>
  auditChecks: Pick<AuditChecks, 'last' | 'begin' | 'isRunning'>
  users: Pick<UserRegistry, 'findByName'>
  looks: Looks
}

const id = soughtText(300).min(1).optional()
const time = z
  .string()
  .regex(
    /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z?)?$/,
    'must be a date like 2026-03-01, or a time like 2026-03-01T12:00 (UTC)',
  )
  .refine((text) => !Number.isNaN(milliseconds(text)), 'must be a day that there is')
  .optional()

/** What is looked for; all that is said must hold. */
export const auditFilters = {
  from: time.describe('A date, or a date and time in UTC.'),
  to: time.describe('The same; a date counts with its whole day.'),
  event: z
    .string()
    .regex(/^[a-zA-Z.-]{1,40}$/)
    .optional()
    .describe(`One event, or a group: ${eventGroupNames.join(', ')}.`),
  outcome: z.enum(['success', 'refused', 'error']).optional(),
  user: id.describe('A username or the id of a user.'),
  client: id.describe('The id of an app.'),
  patient: id.describe('The id of a patient.'),
  request: id.describe('The id of a request, as error pages and the log tell it.'),
}
export type AuditFilters = z.output<z.ZodObject<typeof auditFilters>>

const text = z.string().optional()
const entry = z.object({
  seq: z.number().int(),
  at: z.iso.datetime(),
  event: z.string(),
  outcome: z.string(),
  reason: text,
  client_id: text,
  user_id: text,
  patient: text,
  token_id: text,
  request_id: text,
  detail: z.record(z.string(), z.unknown()),
  hash: text.describe('SHA-256 over this entry and the hash of the one before.'),
})
const check = z.object({
  running: z.boolean(),
  last: z
    .object({
      at: z.iso.datetime(),
      ok: z.boolean(),
      rows: z.number().int().describe('Entries that follow from one another.'),
      before: z.number().int().describe('Entries from before the chain, about which it says nothing.'),
      first: z.number().int(),
      seq: z.number().int(),
      hash: z.string(),
      broken: z.object({ seq: z.number().int(), kind: z.string() }).optional(),
    })
    .optional(),
})
const place = z.object({ seq: z.number().int() })

/** What those who watch over the server do with its audit. */
export function auditOperations({ auditLook, auditChecks, users, looks }: AuditOperationDeps) {
  async function checked(): Promise<z.input<typeof check>> {
    const last = await auditChecks.last()
    return { running: auditChecks.isRunning(), ...(last === undefined ? {} : { last: shownCheck(last) }) }
  }

  return {
    list: operation({
      name: 'listAudit',
      method: 'get',
      path: '/audit',
      summary:
        'Show the audit, the newest entries first. A page looks through 5,000 entries at most: it may hold few, or none, and still have a `next`. With `request`, what is no read of a record is found however old it is, with what stands near it.',
      needs: 'see',
      input: z.object({ ...auditFilters, ...paging }),
      output: z.object({
        items: z.array(entry),
        next: text,
        looked_to: z.number().int().optional().describe('The number down to which was looked.'),
      }),
      async run({ after, limit, ...filters }, act) {
        const before = readCursor(after, place)?.seq
        const sought = await soughtOf(filters, users)
        const { rows, next, lookedTo } = await auditLook.newest(sought, before, limit)
        const detail = { filters: Object.keys(filters) }
        looks.note({ event: 'audit.search', patient: sought.patient, detail, about: filters }, act)
        return {
          items: rows.map(shownEntry),
          ...(next === undefined ? {} : { next: cursorOf({ seq: next }) }),
          ...(lookedTo === undefined ? {} : { looked_to: lookedTo }),
        }
      },
    }),

    verification: operation({
      name: 'showAuditVerification',
      method: 'get',
      path: '/audit/verification',
      summary: 'Show what the last check of the chain found.',
      needs: 'see',
      input: z.object({}),
      output: check,
      run: checked,
    }),

    verify: operation({
      name: 'verifyAudit',
      method: 'post',
      path: '/audit/verification',
      summary: 'Follow the chain through all entries. A long one is followed on after the answer.',
      needs: 'see',
      input: z.object({ ...reason }),
      output: check,
      async run(_input, act) {
        await auditChecks.begin(act)
        return await checked()
      },
    }),

    get: operation({
      name: 'getAuditEntry',
      method: 'get',
      path: '/audit/{seq}',
      summary: 'Show one entry.',
      needs: 'see',
      input: z.object({ seq: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER) }),
      output: entry,
      async run({ seq }, act) {
        const found = await auditLook.one(seq)
        if (found === undefined) throw new LanyardError('not-found', `The audit has no entry ${seq}.`)
        const shown = shownEntry(found.row)
        looks.note({ event: 'audit.read', ...subjectsOf(shown), detail: { entry: seq } }, act)
        return shown
      },
    }),
  }
}

/** What an entry tells, with its detail as an object. */
export function shownEntry({ seq, at, event, outcome, detail, ...facts }: AuditRow) {
  const told = Object.entries(facts).filter(([, value]) => value !== null)
  return {
    seq,
    at: instant(at),
    event,
    outcome,
    ...(Object.fromEntries(told) as Partial<Record<keyof typeof facts, string>>),
    detail: detail === null ? {} : (JSON.parse(detail) as Record<string, unknown>),
  }
}

/** The patients whom an entry is about. */
function subjectsOf({ patient, detail }: ReturnType<typeof shownEntry>) {
  return { patient, patients: Array.isArray(detail.patients) ? (detail.patients as string[]) : undefined }
}

/** Filters as the audit knows them: users by their id, times in milliseconds. */
export async function soughtOf(
  { from, to, event, outcome, user, client, patient, request }: AuditFilters,
  users: AuditOperationDeps['users'],
): Promise<Sought> {
  return {
    since: from === undefined ? undefined : milliseconds(from),
    until: to === undefined ? undefined : milliseconds(to) + (to.length === 10 ? DAY : 0),
    event,
    outcome,
    userId: user === undefined ? undefined : ((await users.findByName(user))?.id ?? user),
    clientId: client,
    patient: patient?.replace(/^Patient\//, ''),
    requestId: request,
  }
}

function milliseconds(text: string): number {
  return Date.parse(text.length === 10 || text.endsWith('Z') ? text : `${text}Z`)
}

function shownCheck({ at, broken, rows, before, first, end }: AuditCheck) {
  return {
    at: instant(at),
    ok: broken === undefined,
    rows,
    before,
    first,
    ...end,
    ...(broken === undefined ? {} : { broken }),
  }
}
