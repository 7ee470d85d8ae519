import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** The form of a job's id, and so of its folder. */
const jobId = /^[A-Za-z0-9_-]{22}$/

/** Where the files of exports are: a folder for each job, and in it one for each attempt. */
export type ExportFolders = ReturnType<typeof exportFolders>

/** @param root made when it is needed, for the own user only */
export function exportFolders(root: string) {
  const ofJob = (id: string): string => {
    if (!jobId.test(id)) throw new Error('not the id of an export')
    return join(root, id)
  }
  return {
    file: (id: string, attempt: number, name: string): string =>
      join(ofJob(id), String(attempt), `${name}.gz`),
    /** An empty folder for a new attempt; what an earlier one has left goes. */
    async prepare(id: string, attempt: number): Promise<string> {
      await rm(ofJob(id), { recursive: true, force: true })
      const folder = join(ofJob(id), String(attempt))
      await mkdir(folder, { recursive: true, mode: 0o700 })
      return folder
    },
    /** Removes what one attempt has left; another may be under way. */
    drop: (id: string, attempt: number): Promise<void> =>
      rm(join(ofJob(id), String(attempt)), { recursive: true, force: true }),
    remove: (id: string): Promise<void> => rm(ofJob(id), { recursive: true, force: true }),
    /** The jobs that have a folder here. */
    async jobs(): Promise<string[]> {
      try {
        return (await readdir(root)).filter((name) => jobId.test(name))
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
        throw error
      }
    },
  }
}
