import type { RoleFile } from '../../../../users/role-file.ts'
import { reasonField } from '../../confirm-page.ts'
import type { Admin } from '../../door.ts'
import type { AdminOperations } from '../../operations/table.ts'
import { sheetPage } from '../../sheet.ts'
import { gainSentence, lossSentence } from './difference.ts'
import { differencesOf, isSame } from './differences.ts'
import { crumbsTo, fileIn, type Shown } from './parts.ts'

type Reviewed = Awaited<ReturnType<AdminOperations['roles']['review']['run']>>

export type ReviewModel = {
  /** The role as it is stored; nothing for a new one. */
  present: Shown | undefined
  draft: RoleFile
  reviewed: Reviewed
  /** Where the form goes, and the draft in it. */
  action: string
  hidden: readonly (readonly [string, string])[]
  reason: string
}

/** What a draft comes to, before it is stored; posts `do` (`save`, `try`, `edit`), `reason`, and the draft. */
export function reviewPage({ frame, words, csrf }: Admin, model: ReviewModel) {
  const { present, draft, reviewed, action, hidden, reason } = model
  const { review: said, form } = words.admin.roles
  const before = present && fileIn(present)
  const same = isSame(before, draft)
  const { users, losses, gains } = reviewed
  const count = new Intl.NumberFormat(words.locale).format(users)
  const rows = same ? [] : differencesOf(before, draft, words)
  const back = { name: 'do', value: 'edit', text: said.back }
  const isLess = losses.length > 0 && users > 0
  return sheetPage(frame, words, {
    part: 'roles',
    title: present === undefined ? said.newTitle(draft.title) : said.title(present.title),
    crumbs: crumbsTo(words, present),
    kept: false,
    notice: same
      ? { tone: 'info', text: said.none }
      : { tone: isLess ? 'warn' : 'info', text: users === 0 ? said.nobody : said.affected(count) },
    sections: [
      ...(losses.length === 0
        ? []
        : [
            {
              heading: said.losses,
              text: said.lossHint,
              list: { tone: 'danger' as const, items: losses.map((one) => lossSentence(one, words)) },
            },
          ]),
      ...(gains.length === 0
        ? []
        : [
            {
              heading: present === undefined ? said.newGains : said.gains,
              list: { tone: 'info' as const, items: gains.map((one) => gainSentence(one, words)) },
            },
          ]),
      ...(rows.length === 0
        ? []
        : [
            {
              heading: said.changes,
              table: {
                caption: said.changes,
                columns: (['what', 'before', 'after'] as const).map((id) => ({ label: said.columns[id] })),
                rows: rows.map(({ what, before, after }) => [
                  { text: what },
                  { text: before, muted: true },
                  { text: after },
                ]),
              },
            },
          ]),
      {
        heading: same ? said.back : present === undefined ? said.define : said.save,
        form: {
          action,
          csrf,
          version: present?.version,
          hidden,
          fields: same ? [] : [reasonField(words, reason)],
          ...(same
            ? { button: said.back, sends: ['do', 'edit'] as const }
            : {
                button: present === undefined ? said.define : said.save,
                sends: ['do', 'save'] as const,
                others: [{ name: 'do', value: 'try', text: form.try }, back],
              }),
        },
      },
    ],
  })
}
