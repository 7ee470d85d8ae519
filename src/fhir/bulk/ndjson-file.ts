import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs'
import { constants, crc32, deflateRawSync } from 'node:zlib'

/** Bytes that are packed and written at once. */
const CHUNK = 1024 * 1024

/** A file that is written line by line. */
export type LineFile = {
  lines: number
  add(line: string): void
  /** Writes what is left; the file is on the disk then. */
  close(): void
}

/**
 * Makes a new file of NDJSON, readable by its owner only. All is done at once, in the thread that asks: an export
 * takes one core and no more.
 * @throws Error of Node if it is there already, or cannot be written
 */
export function createLineFile(path: string, { gzip }: { gzip: boolean }): LineFile {
  const fd = openSync(path, 'wx', 0o600)
  const chunk = Buffer.allocUnsafe(CHUNK)
  const write = (bytes: Uint8Array) => {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
  }
  const packed = gzip ? gzipWriter(write) : { write, end: () => {} }
  let filled = 0
  const flush = (): void => {
    packed.write(chunk.subarray(0, filled))
    filled = 0
  }
  const file: LineFile = {
    lines: 0,
    add(line) {
      // A character takes three bytes at most.
      const most = line.length * 3 + 1
      if (filled + most > CHUNK) flush()
      if (most > CHUNK) packed.write(Buffer.from(`${line}\n`))
      else {
        filled += chunk.write(line, filled)
        chunk[filled++] = 10
      }
      file.lines += 1
    },
    close() {
      flush()
      packed.end()
      fsyncSync(fd)
      closeSync(fd)
    },
  }
  return file
}

/** Fast and good enough: JSON of one type repeats itself. */
const LEVEL = 1
/** RFC 1952 §2.3: deflate, no name, no time, an unknown system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
/** RFC 1951 §3.2.6: a last block with nothing in it. */
const LAST_BLOCK = Buffer.from([3, 0])

/** One gzip member of many chunks, each packed by itself and flushed, so that together they are one stream. */
function gzipWriter(write: (bytes: Uint8Array) => void) {
  let checksum = 0
  let size = 0
  write(HEADER)
  return {
    write(bytes: Uint8Array): void {
      if (bytes.length === 0) return
      checksum = crc32(bytes, checksum)
      size += bytes.length
      write(deflateRawSync(bytes, { level: LEVEL, finishFlush: constants.Z_SYNC_FLUSH }))
    },
    end(): void {
      const trailer = Buffer.alloc(8)
      trailer.writeUInt32LE(checksum, 0)
      trailer.writeUInt32LE(size % 2 ** 32, 4)
      write(LAST_BLOCK)
      write(trailer)
    },
  }
}
