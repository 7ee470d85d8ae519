import { z } from 'zod'
import type { Audit } from '../../../audit/audit.ts'
import type { AuditLook } from '../../../audit/look.ts'
import { type AuditRow, rowColumns } from '../../../audit/rows.ts'
import { instant } from '../../../lib/time.ts'
import { type AuditOperationDeps, auditFilters, soughtOf } from './audit.ts'
import { file, operation } from './operation.ts'

export type AuditExportDeps = Pick<AuditOperationDeps, 'users'> & {
  audit: Pick<Audit, 'write' | 'flush'>
  auditLook: Pick<AuditLook, 'exported'>
  clock: () => number
}

const formats = ['ndjson', 'csv'] as const
type Format = (typeof formats)[number]
const types = { ndjson: 'application/x-ndjson', csv: 'text/csv; charset=utf-8' } as const

/**
 * The rows that are looked for, oldest first, as they are stored. That somebody took them is an entry of its own, written
 * before the first of them leaves.
 */
export function auditExport({ audit, auditLook, users, clock }: AuditExportDeps) {
  return operation({
    name: 'exportAudit',
    method: 'get',
    path: '/audit/export',
    summary:
      'Take entries away, the oldest first, as they are stored: one JSON object a line, or CSV. 1,000,000 are looked through at most.',
    needs: 'see',
    input: z.object({ ...auditFilters, format: z.enum(formats).default('ndjson') }),
    output: file(Object.values(types)),
    async run({ format, ...filters }, act) {
      await audit.flush()
      const sought = await soughtOf(filters, users)
      const batches = await auditLook.exported(sought)
      await audit.write({
        event: 'audit.export',
        outcome: 'success',
        userId: act.userId,
        patient: sought.patient,
        requestId: act.requestId,
        detail: { format, filters, by: act.by },
      })
      return {
        type: types[format],
        name: `lanyard-audit-${instant(clock()).slice(0, 10)}.${format}`,
        content: written(batches, format),
      }
    },
  })
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
