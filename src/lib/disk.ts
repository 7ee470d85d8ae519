import { statfsSync } from 'node:fs'

const MEGABYTE = 1024 ** 2

/** Free space that is too little soon, and now: bytes. */
export const LITTLE = 1024 * MEGABYTE
export const NONE = 100 * MEGABYTE

/**
 * The room on the disk where a path lies, in bytes.
 * @throws Error if the path is not there
 */
export function diskSpace(path: string): { free: number; total: number } {
  const { bavail, blocks, bsize } = statfsSync(path)
  return { free: bavail * bsize, total: blocks * bsize }
}
