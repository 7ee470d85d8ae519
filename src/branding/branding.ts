import type { Kysely } from 'kysely'
import type { Act, Edit } from '../lib/act.ts'
import { type Changed, changedMembers } from '../lib/changed.ts'
import { LanyardError } from '../lib/errors.ts'
import { pictureOf } from '../lib/picture.ts'
import { accentProblem, type Colour, LEAST_CONTRAST } from '../smart/accent.ts'
import { noteChange } from '../store/changes.ts'
import type { Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'

/** How the site looks; what is not there is as it comes. */
export type Branding = {
  version: number
  /** Whose server it is. */
  name?: string | undefined
  accent?: Colour | undefined
  /** The hash of its logo. */
  logo?: string | undefined
}

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnBrandingChange = (
  kysely: Kysely<Tables>,
  change: { event: 'branding.update' | 'branding.logo'; version: number; act: Act; changed: Changed },
) => Promise<void>

export type BrandingRegister = ReturnType<typeof createBranding>

/** The register of how the site looks: one row. */
export function createBranding(db: Database, onChange: OnBrandingChange) {
  const row = (kysely: Kysely<Tables>) =>
    kysely.selectFrom('branding').select(['version', 'name', 'accent', 'logo']).where('id', '=', 'site')

  async function load(): Promise<Branding> {
    const [found] = await db.read(row(db.kysely).compile())
    if (found === undefined) throw new Error('the branding has lost its row')
    return brandingOf(found)
  }

  async function change(
    trx: Kysely<Tables>,
    event: 'branding.update' | 'branding.logo',
    values: { name?: string | null; accent?: string | null; logo?: string | null },
    { version, ...act }: Edit,
  ): Promise<Branding> {
    // First, since its row lock makes several nodes wait for each other.
    await noteChange(trx, 'branding')
    const before = await row(trx).executeTakeFirstOrThrow()
    const after = await trx
      .updateTable('branding')
      .set({ ...values, version: before.version + 1 })
      .where('id', '=', 'site')
      .where('version', '=', version ?? before.version)
      .returning(['version', 'name', 'accent', 'logo'])
      .executeTakeFirst()
    if (after === undefined) throw stale()
    const [was, is] = [told(brandingOf(before)), told(brandingOf(after))]
    await onChange(trx, { event, version: after.version, act, changed: changedMembers(was, is) })
    return brandingOf(after)
  }

  return {
    load,

    /**
     * Sets name and accent; null is as it comes.
     * @throws LanyardError `invalid-request` for an accent that text could not be read in, `conflict` (reason `stale`)
     */
    async update(values: { name: string | null; accent: Colour | null }, edit: Edit): Promise<Branding> {
      if (values.accent !== null) refuseUnreadable(values.accent)
      return await db.kysely.transaction().execute((trx) => change(trx, 'branding.update', values, edit))
    },

    /**
     * Keeps a copy of the logo, or none.
     * @throws LanyardError `invalid-request` for what is no such picture, `conflict` (reason `stale`)
     */
    async setLogo(content: Buffer | undefined, edit: Edit): Promise<Branding> {
      const picture = content && pictureOf(content, { drawings: true })
      return await db.kysely.transaction().execute(async (trx) => {
        const after = await change(trx, 'branding.logo', { logo: picture?.hash ?? null }, edit)
        await trx.deleteFrom('branding_logo').execute()
        if (picture !== undefined) await trx.insertInto('branding_logo').values(picture).execute()
        return after
      })
    },

    /** The logo of this hash. */
    async findLogo(hash: string): Promise<{ type: string; content: Buffer } | undefined> {
      const query = db.kysely.selectFrom('branding_logo').select(['type', 'content']).where('hash', '=', hash)
      const [found] = await db.read(query.compile())
      return found && { type: found.type, content: Buffer.from(found.content, 'base64') }
    },
  }
}

function brandingOf({ version, name, accent, logo }: Omit<Tables['branding'], 'id'>): Branding {
  return { version, name: name ?? undefined, accent: accent ?? undefined, logo: logo ?? undefined }
}

function told({ version: _version, ...members }: Branding): Record<string, unknown> {
  return members
}

function refuseUnreadable(accent: Colour): void {
  const problem = accentProblem(accent)
  if (problem === undefined) return
  const reached = problem.reached.toFixed(1)
  const message = `has too little contrast: it reaches ${reached} : 1 on our pages, and text needs ${LEAST_CONTRAST} : 1. ${problem.instead} would do`
  throw new LanyardError('invalid-request', `The accent colour ${message}.`, {
    problems: [{ path: 'accent', message }],
  })
}

function stale(): LanyardError {
  return new LanyardError(
    'conflict',
    'Somebody else has changed the branding meanwhile. Look at it again before you change it.',
    { reason: 'stale' },
  )
}
