import type { Acts } from '../../../../audit/acts.ts'
import type { RequestContext } from '../../../../observe/request-context.ts'
import { roleFile } from '../../../../users/role-file.ts'
import type { Admin, Answer } from '../../door.ts'
import { type NamedDeps, named } from '../../named-act.ts'
import { adminPaths } from '../../paths.ts'
import { meanwhile, stalePage } from '../../stale-page.ts'
import { differencesOf } from './differences.ts'
import { crumbsTo, fileIn, type Shown } from './parts.ts'

export type StaleDeps = NamedDeps & { acts: Pick<Acts, 'sinceOfRole'> }

type Stale = { admin: Admin; present: Shown; form: URLSearchParams; action: string; draft: unknown }

/** For whoever edits a role that somebody else has changed meanwhile: who it was, both states, and how to go on. */
export async function staleRole(
  ctx: RequestContext,
  { admin, present, form, action, draft }: Stale,
  deps: StaleDeps,
): Promise<Answer> {
  const { words } = admin
  const acts = await deps.acts.sinceOfRole(present.role, Number(form.get('version')))
  const changes = await Promise.all(acts.map((act) => named(act, deps)))
  const yours = roleFile.safeParse(draft)
  ctx.status = 409
  return stalePage(admin.frame, words, {
    part: 'roles',
    crumbs: crumbsTo(words, present),
    changes: meanwhile(changes, words),
    differences: yours.success
      ? differencesOf(fileIn(present), yours.data, words).map(({ what, before, after }) => ({
          member: what,
          now: before,
          yours: after,
        }))
      : [],
    action,
    csrf: admin.csrf,
    version: present.version,
    fields: [...form],
    keepHref: adminPaths.role(present.role),
  })
}
