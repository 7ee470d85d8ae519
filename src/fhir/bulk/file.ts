import { type FileHandle, open } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import type { Access } from '../access/access.ts'
import { exportEntry } from './audit-entry.ts'
import type { ExportHttpDeps } from './deps.ts'
import type { Job } from './jobs.ts'
import { fileOf } from './manifest.ts'
import { noSuchExport } from './right.ts'

/**
 * Sends a file as it is stored, gzipped, to whoever takes that, and unpacks it for others (BULK-13). That it was
 * fetched is written down before.
 * @throws LanyardError `not-found`, `unavailable` when the file lies elsewhere
 */
export async function sendFile(
  ctx: Context,
  access: Access,
  job: Job,
  name: string,
  { folders, audit }: Pick<ExportHttpDeps, 'folders' | 'audit'>,
): Promise<void> {
  const { result } = job
  const file = result === undefined || 'failure' in result ? undefined : fileOf(result, name)
  if (file === undefined) throw noSuchExport()
  const handle = await opened(folders.file(job.id, job.attempt, name))
  try {
    const { size } = await handle.stat()
    const detail = { file: name, type: file.type, resources: file.count }
    const isHead = ctx.method === 'HEAD'
    if (!isHead) await audit.write(exportEntry('export.fetch', job, detail, { ctx, access }))
    ctx.status = 200
    ctx.set('content-type', 'application/fhir+ndjson')
    ctx.vary('Accept-Encoding')
    const packed = ctx.acceptsEncodings('gzip', 'identity') === 'gzip'
    if (packed) ctx.set('content-encoding', 'gzip')
    if (isHead) await handle.close()
    else {
      const stored = handle.createReadStream()
      // A connection that breaks off takes the file with it; there is nobody left to tell.
      ctx.body = packed ? stored : pipeline(stored, createGunzip(), () => {})
    }
    if (packed) ctx.length = size
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function opened(path: string): Promise<FileHandle> {
  try {
    return await open(path)
  } catch (cause) {
    throw new LanyardError(
      'unavailable',
      'This file is not to be found at the moment. Try again; if it lasts, tell the operator of this server.',
      { reason: 'export-file-missing', cause, headers: { 'retry-after': '10' } },
    )
  }
}
