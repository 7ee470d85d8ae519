import { chmodSync, existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system in memory, as Linux has it; bytes that must be free there. */
const MEMORY = '/dev/shm'
const ROOM = 4 * 2 ** 30
const ours = 'lanyard-tests-'

/**
 * Gives the run one folder for all temporary files, in memory where that is large enough, since waiting for a disk is
 * no part of any test. It is removed at the end, whatever was left in it.
 */
export default function setup(): () => void {
  // Each project of vitest asks for it; they share one.
  if (tmpdir().includes(ours)) return () => {}
  const folder = mkdtempSync(join(hasRoom() ? MEMORY : tmpdir(), ours))
  // PostgreSQL runs as a user of its own, who must be able to pass through.
  chmodSync(folder, 0o755)
  process.env.TMPDIR = folder
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return () => {}
}

function hasRoom(): boolean {
  if (!existsSync(MEMORY)) return false
  const { bavail, bsize } = statfsSync(MEMORY)
  return bavail * bsize >= ROOM
}
