import { join } from 'node:path'
import { createLineFile, type LineFile } from './ndjson-file.ts'

/** Where the lines of one type go. */
export type PartsPlan = {
  folder: string
  /** What the files are called, in front of their number: a type, mostly. */
  name: string
  gzip: boolean
  /** Lines a file; what is more goes into the next, so that clients can fetch some at once. */
  most: number
}
/** A file that was written. */
export type WrittenFile = { name: string; count: number }

/** Files of one type, one after the other; none if there are no lines. */
export function createParts({ folder, name, gzip, most }: PartsPlan) {
  const written: WrittenFile[] = []
  let open: { name: string; file: LineFile } | undefined
  const finish = (): void => {
    if (open === undefined) return
    open.file.close()
    written.push({ name: open.name, count: open.file.lines })
    open = undefined
  }
  return {
    add(line: string): void {
      if (open === undefined) {
        const next = `${name}.${written.length + 1}.ndjson`
        open = { name: next, file: createLineFile(join(folder, gzip ? `${next}.gz` : next), { gzip }) }
      }
      open.file.add(line)
      if (open.file.lines >= most) finish()
    },
    close(): WrittenFile[] {
      finish()
      return written
    },
  }
}
