import type Router from '@koa/router'
import { LanyardError, type Problem } from '../../../../lib/errors.ts'
import { parseJson } from '../../../../lib/json.ts'
import type { RequestContext, RequestState } from '../../../../observe/request-context.ts'
import { roleFile } from '../../../../users/role-file.ts'
import { asSeen, isStale } from '../../apps/app-routes.ts'
import { adminDone } from '../../done.ts'
import type { Admin, AdminDoor, Answer } from '../../door.ts'
import { problemsOf } from '../../mistakes.ts'
import { perform } from '../../operations/operation.ts'
import { configured } from '../../operations/roles.ts'
import type { AdminOperations } from '../../operations/table.ts'
import { adminPaths } from '../../paths.ts'
import { changedBy, draftOf, fieldsOf, fileOf, isTooLarge, postedDraft, type RoleDraft } from './draft.ts'
import { filePage } from './file-page.ts'
import { formPage } from './form-page.ts'
import { fileIn, fileOfBuiltIn, isBuiltIn, type Shown } from './parts.ts'
import { reviewPage } from './review-page.ts'
import { type StaleDeps, staleRole } from './stale.ts'
import type { RecordTypes } from './suggestions.ts'
import { draftTrial } from './try-draft.ts'

export type RoleEditDeps = StaleDeps & {
  operations: Pick<AdminOperations, 'roles'>
  recordTypes: RecordTypes
}

/** What a form holds: the fields of a draft, or the text of a file. */
type Source = { file: unknown; hidden: (readonly [string, string])[] } & (
  | { text: string }
  | { draft: RoleDraft }
)
type Turn = { admin: Admin; present: Shown | undefined; form: URLSearchParams; action: string }

/**
 * A role that is new or changes: a form or a file, a look at what it comes to, then it is stored. Nothing is kept
 * between these pages but what their forms hold.
 */
export function roleEditRoutes(
  router: Router<RequestState>,
  { ask, post }: AdminDoor,
  deps: RoleEditDeps,
): void {
  const { operations, recordTypes } = deps
  const { roles } = operations

  router.get(
    adminPaths.role('new'),
    ask(async ({ query }, admin) => {
      const action = adminPaths.role('new')
      const from = typeof query.from === 'string' ? query.from : ''
      const file = from === '' ? undefined : await fileNamed(from, admin)
      const blank = { role: '', title: '', rules: [], apps: ['*'] }
      const draft = { ...draftOf(file ?? blank), role: '', title: '' }
      if (query.as === 'file' || isTooLarge(draft))
        return filePage(admin, { present: undefined, text: jsonOf(file ?? START), action, problems: [] })
      return formPage(admin, recordTypes, {
        present: undefined,
        draft,
        copied: file?.title,
        problems: [],
        action,
      })
    }),
  )
  router.post(
    adminPaths.role('new'),
    post(async (ctx, admin, { form }) =>
      answer(ctx, { admin, present: undefined, form, action: adminPaths.role('new') }),
    ),
  )

  router.get(
    '/admin/roles/:role/edit',
    ask(async (ctx, admin) => {
      const present = await ours(ctx, admin)
      const action = `${adminPaths.role(present.role)}/edit`
      const draft = draftOf(fileIn(present))
      if (ctx.query.as === 'file' || isTooLarge(draft))
        return filePage(admin, {
          present,
          text: jsonOf(present.file),
          action,
          problems: [],
          tooLarge: isTooLarge(draft),
        })
      return formPage(admin, recordTypes, { present, draft, problems: [], action })
    }),
  )
  router.post(
    '/admin/roles/:role/edit',
    post(async (ctx, admin, { form }) => {
      const present = await ours(ctx, admin)
      return await answer(ctx, { admin, present, form, action: `${adminPaths.role(present.role)}/edit` })
    }),
  )

  /** @throws LanyardError `not-found`, `conflict` for a role that comes from a file */
  async function ours(ctx: RequestContext, { actor }: Admin): Promise<Shown> {
    const present = await perform(roles.show, { role: String(ctx.params.role) }, actor)
    if (present.origin === 'config') throw configured(present.role)
    return present
  }

  async function fileNamed(name: string, { actor }: Admin) {
    return isBuiltIn(name) ? fileOfBuiltIn(name) : fileIn(await perform(roles.show, { role: name }, actor))
  }

  async function answer(ctx: RequestContext, turn: Turn): Promise<Answer> {
    const { admin, present, form } = turn
    const button = form.get('do') ?? 'review'
    const source = sourceOf(turn)
    const again = (problems: readonly Problem[], status = problems.length > 0 ? 400 : 200) => {
      ctx.status = status
      return editPage({ ...turn, present: present && asSeen(present, form) }, source, problems)
    }
    if (!('file' in source)) return again([{ path: 'file', message: admin.words.admin.roles.file.json }])
    if (!['review', 'save', 'try', 'decide'].includes(button)) return again([])
    if (present !== undefined && form.get('version') !== String(present.version))
      return await staleRole(ctx, { ...turn, present, draft: source.file }, deps)
    try {
      if (button === 'save') return await save(ctx, turn, source)
      const { actor } = admin
      const draft = roleFile.safeParse(source.file)
      const name = draft.data?.role ?? present?.role ?? 'new'
      const reviewed = await perform(roles.review, { role: name, file: source.file }, actor)
      // The register has taken it.
      const file = roleFile.parse(source.file)
      const { action } = turn
      const hidden = source.hidden
      if (button === 'review')
        return reviewPage(admin, {
          present,
          draft: file,
          reviewed,
          action,
          hidden,
          reason: form.get('reason') ?? '',
        })
      return await draftTrial(ctx, { admin, present, draft: file, action, hidden, form }, operations)
    } catch (error) {
      if (isStale(error) && present !== undefined)
        return await staleRole(ctx, { ...turn, present, draft: source.file }, deps)
      if (error instanceof LanyardError && error.code === 'conflict')
        return again([{ path: 'role', message: error.message }])
      return again(problemsOf(error))
    }
  }

  async function save(ctx: RequestContext, { admin, present, form }: Turn, { file }: { file: unknown }) {
    const reason = form.get('reason') ?? ''
    if (present === undefined) {
      const { role } = await perform(roles.add, { file, reason }, admin.actor)
      adminDone.say(ctx, 'changed', role)
      return adminPaths.role(role)
    }
    const edit = { role: present.role, version: form.get('version') ?? '', reason, file }
    await perform(roles.update, edit, admin.actor)
    adminDone.say(ctx, 'saved', present.title)
    return adminPaths.role(present.role)
  }

  function editPage(
    { admin, present, form, action }: Turn,
    source: Source | { text: string },
    problems: readonly Problem[],
  ) {
    if ('text' in source) return filePage(admin, { present, text: source.text, action, problems })
    const draft = changedBy(source.draft, form.get('do') ?? '')
    return formPage(admin, recordTypes, { present, draft, problems, action })
  }
}

/** What a new file begins with. */
const START = {
  role: 'ward-clerk',
  title: 'Ward clerk',
  rules: [{ types: ['Appointment'], letters: 'rs', where: ['location=%user.location'], hide: ['comment'] }],
}

function jsonOf(file: unknown): string {
  return JSON.stringify(file, null, 2)
}

function sourceOf({ present, form }: Turn): Source | { text: string } {
  const text = form.get('file')
  if (text === null) {
    const posted = postedDraft(form)
    const draft = present === undefined ? posted : { ...posted, role: present.role }
    return { draft, file: fileOf(draft), hidden: fieldsOf(draft) }
  }
  const read = parseJson(text)
  return 'value' in read ? { text, file: read.value, hidden: [['file', text]] } : { text }
}
