import type { Problem } from '../../../../lib/errors.ts'
import { mistakeOf } from '../../../../lib/mistakes.ts'
import type { Admin } from '../../door.ts'
import { sheetPage } from '../../sheet.ts'
import { crumbsTo, type Shown } from './parts.ts'

type Model = {
  present: Shown | undefined
  text: string
  action: string
  problems: readonly Problem[]
  /** Whether it has more in it than a form holds. */
  tooLarge?: boolean
}

/** A role as its file, for those who script it; posts `file` and `do`. */
export function filePage(
  { frame, words, csrf }: Admin,
  { present, text, action, problems, tooLarge }: Model,
) {
  const { file: said, form } = words.admin.roles
  const title = present === undefined ? said.newTitle : said.title(present.title)
  return sheetPage(frame, words, {
    part: 'roles',
    title,
    crumbs: crumbsTo(words, present),
    kept: { as: 'file' },
    notice: tooLarge ? { tone: 'info', text: form.tooLarge } : undefined,
    problems: problems.map((problem) => ({
      href: '#file',
      text: problem.path === 'file' ? problem.message : mistakeOf(problem),
    })),
    sections: [
      {
        heading: said.label,
        form: {
          action,
          csrf,
          version: present?.version,
          fields: [
            {
              name: 'file',
              label: said.label,
              hint: said.hint,
              type: 'area',
              rows: 22,
              required: true,
              value: text,
            },
          ],
          button: form.review,
          sends: ['do', 'review'],
          others: [{ name: 'do', value: 'try', text: form.try }],
        },
        links: tooLarge ? [] : [{ text: said.form, href: action }],
      },
    ],
  })
}
