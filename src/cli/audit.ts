import { once } from 'node:events'
import { type Command, InvalidArgumentError } from 'commander'
import type { Place } from '../audit/chain.ts'
import { rowsOf } from '../audit/rows.ts'
import { type Break, type Verified, verifyAudit } from '../audit/verify.ts'
import { auditLookCommands } from './audit-look.ts'
import { pointInTime } from './flight.ts'
import { inHouse, print, type Terminal } from './terminal.ts'

type Verify = { known?: Place; json?: boolean }
type Export = { since?: number; until?: number; json?: boolean }

export function auditCommands(program: Command, terminal: Terminal): void {
  const audit = program.command('audit').description('Who did what: the record that nobody can alter unseen.')
  auditLookCommands(audit, terminal)

  audit
    .command('verify')
    .description('Follow the chain of hashes through all rows; exit code 1 if a row was altered or removed.')
    .option(
      '--known <seq:hash>',
      'a place that an earlier run told, which the chain must still lead through',
      place,
    )
    .option('--json', 'print JSON')
    .action(({ known, json }: Verify) =>
      inHouse(terminal, async ({ db, seal }) => {
        const found = await verifyAudit(db, seal.secretFor('audit'), known)
        print(terminal, json, { ok: found.broken === undefined, ...found }, () => told(found, known))
        if (found.broken !== undefined) terminal.exitCode = 1
      }),
    )
  audit
    .command('export')
    .description('Print the rows as they are stored, oldest first, one JSON object a line.')
    .option('--since <date>', 'written at this date and time or later, e.g. 2026-03-01T12:00Z', pointInTime)
    .option('--until <date>', 'written before this date and time', pointInTime)
    .option('--json', 'print one JSON array')
    .action(({ json, ...wanted }: Export) =>
      inHouse(terminal, async ({ db }) => {
        let first = true
        const between = json ? ',\n' : '\n'
        if (json) await write(terminal, '[')
        for await (const rows of rowsOf(db, wanted)) {
          const text = rows.map((row) => JSON.stringify(row)).join(between)
          await write(terminal, first ? text : `${between}${text}`)
          first = false
        }
        await write(terminal, json ? ']\n' : first ? '' : '\n')
      }),
    )
}

/** Waits when the reader is slower than we are, so that memory stays flat. */
async function write({ out }: Terminal, text: string): Promise<void> {
  if (!out.write(text)) await once(out, 'drain')
}

function place(text: string): Place {
  const [, seq, hash] = /^(\d{1,15}):([\w-]{43})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('Write the place as `lanyard audit verify` told it, e.g. 1042:kq3…')
  return { seq: Number(seq), hash }
}

function told({ rows, before, start, end, broken }: Verified, known: Place | undefined): string {
  if (broken !== undefined) return `${inWords(broken)}\n${rows} rows before it are right.`
  return [
    rows === 0 ? 'There are no rows yet.' : `All ${rows} rows are right: ${start.seq + 1} to ${end.seq}.`,
    ...(before > 0 ? [`${before} rows are older than the chain and not covered by it.`] : []),
    ...(known !== undefined && known.seq < start.seq
      ? [`The place ${known.seq} was removed for its age, so nothing can be said about it.`]
      : []),
    ...(rows > 0
      ? [`Keep this place where nobody can change it, for --known next time: ${end.seq}:${end.hash}`]
      : []),
  ].join('\n')
}

function inWords({ seq, kind }: Break): string {
  switch (kind) {
    case 'altered':
      return `Row ${seq} does not follow from row ${seq - 1}: it was altered.`
    case 'removed':
      return `Row ${seq} was removed.`
    case 'added':
      return `Row ${seq} was put in by somebody else: the chain ends before it.`
    case 'start-forged':
      return `Rows before ${seq} were removed by somebody else, or the sealing key is another one: the seal of the start does not fit.`
    case 'end-forged':
      return `The chain up to row ${seq} was computed anew by somebody else, or the sealing key is another one: the seal of the end does not fit.`
  }
}
