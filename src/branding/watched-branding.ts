import type { Log } from '../observe/log.ts'
import { changeVersion, watchChanges } from '../store/changes.ts'
import type { Database } from '../store/database.ts'
import type { Branding, BrandingRegister } from './branding.ts'

/** How often a process looks whether it was changed elsewhere, in milliseconds. */
const EVERY = 1000

export type WatchedBranding = {
  /** How the site looks now. */
  now: () => Branding
  /** The register, whose changes count in this process at once. */
  register: BrandingRegister
  stop(): Promise<void>
}

/** How the site looks, as a running server holds it for every page; a change on another node counts within a second. */
export async function watchBranding(
  db: Database,
  register: BrandingRegister,
  log: Log,
): Promise<WatchedBranding> {
  const since = await changeVersion(db, 'branding')
  let now = await register.load()
  const take = (branding: Branding): Branding => {
    if (branding.version > now.version) now = branding
    return branding
  }
  const stop = watchChanges(
    db,
    'branding',
    { since, every: EVERY },
    async () => void take(await register.load()),
    (error) => log.error({ err: error }, 'the branding could not be read'),
  )
  return {
    now: () => now,
    register: {
      ...register,
      update: async (values, edit) => take(await register.update(values, edit)),
      setLogo: async (content, edit) => take(await register.setLogo(content, edit)),
    },
    stop,
  }
}
