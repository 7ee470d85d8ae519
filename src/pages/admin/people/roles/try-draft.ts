import type { RequestContext } from '../../../../observe/request-context.ts'
import type { RoleFile } from '../../../../users/role-file.ts'
import type { Admin, Answer } from '../../door.ts'
import { perform } from '../../operations/operation.ts'
import type { AdminOperations } from '../../operations/table.ts'
import { refusedWith } from '../refused.ts'
import { decision, postedQuestion, questionFields, tryPage } from '../try-page.ts'
import { crumbsTo, type Shown } from './parts.ts'

type Trial = {
  admin: Admin
  present: Shown | undefined
  draft: RoleFile
  action: string
  hidden: readonly (readonly [string, string])[]
  form: URLSearchParams
}

/** A request with the roles as they are, beside the same with a draft of one; `do` is `try` before it is asked. */
export async function draftTrial(
  ctx: RequestContext,
  { admin, present, draft, action, hidden, form }: Trial,
  { roles }: Pick<AdminOperations, 'roles'>,
): Promise<Answer> {
  const { words, actor, csrf } = admin
  const said = words.admin.people.try
  const isAsked = form.get('do') === 'decide'
  const { some } = await perform(roles.holders, { role: draft.role }, actor)
  const given = isAsked
    ? postedQuestion(form)
    : {
        user: some[0]?.username ?? '',
        client: '',
        as: present === undefined ? 'alone' : 'own',
        scope: 'user/*.cruds',
        patient: '',
        method: 'GET',
        path: `/${draft.rules[0]?.types.find((type) => type !== '*') ?? 'Patient'}`,
      }
  const { as, ...question } = given
  const asked = Object.fromEntries(Object.entries(question).filter(([, value]) => value !== ''))
  const only = as === 'alone' ? { role: draft.role } : {}
  const outcome = isAsked
    ? await perform(roles.compare, { ...asked, ...only, draft, lang: words.lang }, actor).catch(
        (error: unknown) => ({
          problems: refusedWith(error, words),
        }),
      )
    : undefined
  const compared = outcome === undefined || 'problems' in outcome ? undefined : outcome
  if (outcome !== undefined && compared === undefined) ctx.status = 400
  return tryPage(admin, {
    title: said.draftTitle(draft.title),
    lead: said.draftLead,
    crumbs: crumbsTo(words, present),
    kept: false,
    problems: outcome !== undefined && 'problems' in outcome ? outcome.problems : [],
    notice: compared && { tone: toneOf(compared), text: said.compared[wordOf(compared)] },
    decisions:
      compared === undefined
        ? []
        : [decision(said.now, compared.now, words), decision(said.withDraft, compared.draft, words)],
    form: {
      action,
      csrf,
      version: present?.version,
      hidden,
      fields: questionFields(given, words, { of: draft.title, as }),
      button: said.button,
      sends: ['do', 'decide'],
      others: [
        { name: 'do', value: 'review', text: words.admin.roles.form.review },
        { name: 'do', value: 'edit', text: words.admin.roles.review.back },
      ],
    },
  })
}

type Compared = Awaited<ReturnType<AdminOperations['roles']['compare']['run']>>

function wordOf({ now, draft }: Compared): 'same' | 'refused' | 'allowed' | 'otherwise' {
  if (now.allowed && !draft.allowed) return 'refused'
  if (!now.allowed && draft.allowed) return 'allowed'
  return JSON.stringify(now.steps) === JSON.stringify(draft.steps) ? 'same' : 'otherwise'
}

function toneOf(compared: Compared): 'info' | 'warn' {
  return wordOf(compared) === 'same' ? 'info' : 'warn'
}
