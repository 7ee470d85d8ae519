import type Router from '@koa/router'
import type { Acts } from '../../../audit/acts.ts'
import type { Problem } from '../../../lib/errors.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import { accentProblem } from '../../../smart/accent.ts'
import { asSeen, isStale, versionIn } from '../apps/app-routes.ts'
import { adminDone } from '../done.ts'
import type { Admin, AdminDoor, Answer } from '../door.ts'
import { mistakeFor, problemsOf } from '../mistakes.ts'
import { type NamedDeps, named } from '../named-act.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { meanwhile, stalePage } from '../stale-page.ts'
import { brandingPage } from './branding-page.ts'

export type BrandingPageDeps = NamedDeps & {
  operations: Pick<AdminOperations, 'branding'>
  acts: Pick<Acts, 'newest'>
}

/** Acts that are looked through for those on the branding. */
const SOME = 200

/** How the site looks. */
export function brandingRoutes(
  router: Router<RequestState>,
  { get, post }: AdminDoor,
  deps: BrandingPageDeps,
): void {
  const { branding } = deps.operations
  const present = ({ actor }: Admin) => perform(branding.get, {}, actor)

  router.get(
    adminPaths.branding,
    get(async (ctx, admin) =>
      brandingPage(admin, { branding: await present(admin), done: adminDone.hear(ctx, admin.words) }),
    ),
  )
  router.post(
    adminPaths.branding,
    post(async (ctx, admin, { form }) => {
      const text = (name: string) => (form.get(name) ?? '').trim()
      const posted = { name: text('name'), accent: text('accent'), reason: text('reason') }
      const edit = {
        ...posted,
        name: posted.name || null,
        accent: posted.accent || null,
        version: versionIn(form),
      }
      try {
        await perform(branding.update, edit, admin.actor)
      } catch (error) {
        if (isStale(error)) {
          ctx.status = 409
          return await staleAnswer(admin, form, posted)
        }
        const problems = problemsOf(error).map((problem) => [
          problem.path,
          said(problem, posted.accent, admin),
        ])
        ctx.status = 400
        return brandingPage(admin, {
          branding: asSeen(await present(admin), form),
          posted,
          problems: Object.fromEntries(problems),
        })
      }
      adminDone.say(ctx, 'branded', '')
      return adminPaths.branding
    }),
  )

  // What a form is posted to is a page too.
  router.get(
    `${adminPaths.branding}/logo`,
    get(async () => adminPaths.branding),
  )
  router.post(
    `${adminPaths.branding}/logo`,
    post(async (ctx, admin, { form, files }) => {
      const file = files.get('logo')
      const failed = async (problem: string, isTold = false): Promise<Answer> => {
        ctx.status = 400
        const now = await present(admin)
        return brandingPage(admin, {
          branding: isTold ? now : asSeen(now, form),
          problems: { logo: problem },
        })
      }
      const removes = form.get('do') === 'remove'
      if (!removes && file === undefined) return await failed(admin.words.admin.app.logo.missing)
      const content = removes ? null : (file?.content.toString('base64') ?? null)
      try {
        await perform(branding.setLogo, { content, version: versionIn(form) }, admin.actor)
      } catch (error) {
        if (isStale(error)) return await failed(admin.words.admin.branding.stale, true)
        const [problem] = problemsOf(error)
        return await failed(problem === undefined ? '' : mistakeFor(problem, admin.words))
      }
      adminDone.say(ctx, 'branded', '')
      return adminPaths.branding
    }),
  )

  /** For the second of two who change it at the same time. */
  async function staleAnswer(
    admin: Admin,
    form: URLSearchParams,
    yours: { name: string; accent: string },
  ): Promise<Answer> {
    const { words, frame, csrf } = admin
    const now = await present(admin)
    const since = (await deps.acts.newest(SOME)).filter(
      ({ event, detail }) =>
        event.startsWith('branding.') && Number(detail.version) > Number(versionIn(form)),
    )
    const changes = await Promise.all(since.map((act) => named(act, deps)))
    const members = {
      name: words.admin.branding.fields.name.label,
      accent: words.admin.branding.fields.accent.label,
    }
    return stalePage(frame, words, {
      part: 'settings',
      crumbs: [{ name: words.admin.branding.title, href: adminPaths.branding }],
      changes: meanwhile(changes, words),
      differences: (['name', 'accent'] as const)
        .map((member) => ({ member: members[member], now: now[member] ?? '–', yours: yours[member] || '–' }))
        .filter((one) => one.now !== one.yours),
      action: adminPaths.branding,
      csrf,
      version: now.version,
      fields: [...form],
      keepHref: adminPaths.branding,
    })
  }
}

function said(problem: Problem, accent: string, { words }: Admin): string {
  const unreadable =
    problem.path === 'accent' && /^#[0-9a-f]{6}$/i.test(accent)
      ? accentProblem(accent.toLowerCase())
      : undefined
  return unreadable === undefined
    ? mistakeFor(problem, words)
    : words.admin.branding.contrast(
        new Intl.NumberFormat(words.locale, { maximumFractionDigits: 1 }).format(unreadable.reached),
        unreadable.instead,
      )
}
