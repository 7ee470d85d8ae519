import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { diskSpace, LITTLE, NONE } from '../../lib/disk.ts'
import { type Check, checks } from './check.ts'

const MEGABYTE = 1024 ** 2

const folder = checks('data folder')
const disk = checks('free disk')

/** May this process write where its data goes, and is there room? */
export function diskChecks(dataDir: string): Check[] {
  const there = nearest(dataDir)
  if (!statSync(there).isDirectory()) {
    return [folder.failed(`${dataDir} cannot be a folder: ${there} is a file. Change LANYARD_DATA_DIR.`)]
  }
  try {
    accessSync(there, constants.W_OK | constants.X_OK)
  } catch {
    return [folder.failed(`This user may not write in ${there}. Change its owner, or set LANYARD_DATA_DIR.`)]
  }
  return [
    there === dataDir
      ? folder.ok(`${dataDir} can be written.`)
      : folder.note(`${dataDir} is not there yet: the first start makes it.`),
    freeDisk(there),
  ]
}

function freeDisk(path: string): Check {
  const { free } = diskSpace(path)
  const sentence = `${size(free)} are free where ${path} lies.`
  if (free < NONE) return disk.failed(`${sentence} Make room at once: soon nothing can be stored.`)
  return free < LITTLE ? disk.warning(`${sentence} Make room.`) : disk.ok(sentence)
}

/** The path itself, or the nearest folder above it that is there. */
function nearest(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearest(dirname(path))
}

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes >= 1024 * MEGABYTE) return `${(bytes / 1024 / MEGABYTE).toFixed(1)} GB`
  return bytes >= MEGABYTE ? `${Math.round(bytes / MEGABYTE)} MB` : `${Math.ceil(bytes / 1024)} kB`
}
