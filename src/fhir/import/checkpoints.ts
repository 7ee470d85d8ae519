import { resolve } from 'node:path'
import type { Kysely } from 'kysely'
import { sha256 } from '../../lib/id.ts'
import type { Database } from '../../store/database.ts'
import type { Tables } from '../../store/tables.ts'
import type { ImportFile } from './files.ts'

/** How far files have come, so that an interrupted import can go on. */
export type Checkpoints = {
  /** Lines of a file that are stored; zero for a file that is new or has changed since. */
  linesDone(file: ImportFile): Promise<number>
  /** Notes it in the transaction that stores the lines. */
  note(trx: Kysely<Tables>, file: ImportFile, lines: number): Promise<void>
  clear(file: ImportFile): Promise<void>
}

export function createCheckpoints(db: Database): Checkpoints {
  return {
    async linesDone(file) {
      const row = await db.kysely
        .selectFrom('fhir_meta')
        .select('value')
        .where('name', '=', nameOf(file))
        .executeTakeFirst()
      if (row === undefined) return 0
      const { size, modified, lines } = JSON.parse(row.value) as {
        size: number
        modified: number
        lines: number
      }
      return size === file.size && modified === file.modified ? lines : 0
    },
    async note(trx, file, lines) {
      const value = JSON.stringify({ size: file.size, modified: file.modified, lines })
      await trx
        .insertInto('fhir_meta')
        .values({ name: nameOf(file), value })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
        .execute()
    },
    async clear(file) {
      await db.kysely.deleteFrom('fhir_meta').where('name', '=', nameOf(file)).execute()
    },
  }
}

function nameOf(file: ImportFile): string {
  return `import ${sha256(resolve(file.path))}`
}
