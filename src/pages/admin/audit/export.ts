import { Readable } from 'node:stream'
import type { Audit } from '../../../audit/audit.ts'
import type { AuditLook } from '../../../audit/look.ts'
import { type AuditRow, rowColumns } from '../../../audit/rows.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { instant } from '../../../lib/time.ts'
import type { RequestContext } from '../../../observe/request-context.ts'
import type { Admin } from '../door.ts'
import { type AuditFilters, type AuditOperationDeps, soughtOf } from '../operations/audit.ts'

export type ExportDeps = Pick<AuditOperationDeps, 'users'> & {
  audit: Pick<Audit, 'write' | 'flush'>
  auditLook: Pick<AuditLook, 'exported'>
  clock: () => number
}

type Format = 'ndjson' | 'csv'
const types = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const

/**
 * Answers with the rows that are looked for, oldest first, as they are stored. That somebody took them is an entry of
 * its own, written before the first of them leaves.
 * @throws LanyardError `invalid-request`
 */
export async function exportAudit(
  ctx: RequestContext,
  { actor }: Pick<Admin, 'actor'>,
  { format, filters }: { format: unknown; filters: AuditFilters },
  { audit, auditLook, users, clock }: ExportDeps,
): Promise<void> {
  if (format !== 'ndjson' && format !== 'csv')
    throw new LanyardError('invalid-request', 'An export is written as `ndjson` or `csv`.')
  await audit.flush()
  const sought = await soughtOf(filters, users)
  const batches = await auditLook.exported(sought)
  await audit.write({
    event: 'audit.export',
    outcome: 'success',
    userId: actor.userId,
    patient: sought.patient,
    requestId: actor.requestId,
    detail: { format, filters },
  })
  ctx.set('cache-control', 'no-store')
  ctx.set('x-content-type-options', 'nosniff')
  const day = instant(clock()).slice(0, 10)
  ctx.set('content-disposition', `attachment; filename="lanyard-audit-${day}.${format}"`)
  ctx.set('content-type', types[format])
  ctx.body = Readable.from(written(batches, format))
}

async function* written(batches: AsyncGenerator<AuditRow[]>, format: Format): AsyncGenerator<string> {
  if (format === 'csv') yield `${rowColumns.join(',')}\r\n`
  for await (const rows of batches) yield rows.map(format === 'csv' ? csvLine : jsonLine).join('')
}

function jsonLine(row: AuditRow): string {
  return `${JSON.stringify(row)}\n`
}

/** RFC 4180; the time as people and spreadsheets read it. */
function csvLine(row: AuditRow): string {
  return `${rowColumns.map((name) => csvCell(name === 'at' ? instant(row.at) : row[name])).join(',')}\r\n`
}

/**
 * What begins like a formula is made text, so that no spreadsheet computes what somebody sent us. One whose language
 * writes lists with semicolons divides cells there too, and does not heed our quotes.
 */
function csvCell(value: string | number | null): string {
  if (value === null || typeof value === 'number') return String(value ?? '')
  const text = value.replaceAll(/(^|[;\t\r\n])(?= *[=+\-@])/g, "$1'")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
