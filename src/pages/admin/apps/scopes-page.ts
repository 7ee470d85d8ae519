import { type ClientKind, kindOf } from '../../../clients/client.ts'
import type { Problem } from '../../../lib/errors.ts'
import { letters } from '../../../smart/letters.ts'
import { usCoreCategories, usCoreTypes } from '../../../smart/us-core.ts'
import { consentWordsIn } from '../../../smart/words/languages.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { adminPage } from '../admin-page.ts'
import { reasonField } from '../confirm-page.ts'
import { adminPaths } from '../paths.ts'
import type { AppView } from './app-page.ts'
import { crumbsOf } from './app-routes.ts'
import { contextScopes, type ScopeRow, type ScopesForm } from './scopes-form.ts'

export type ScopesModel = AppView & {
  form: ScopesForm
  /** Empty rows behind the others. */
  blank: number
  reason: string
  problems: readonly Problem[]
}

const levels = ['patient', 'user', 'system'] as const

/** What an app may ask for, to be changed: posts its rows, `do` (`save`, `more`), `reason`, `version`. */
export function scopesPage({ client, admin, form, blank, reason, problems }: ScopesModel): Page {
  const { words } = admin
  const { access } = words.admin
  const title = access.editTitle(client.metadata.client_name)
  return adminPage(admin.frame, words, {
    part: 'apps',
    crumbs: crumbsOf(client, admin),
    title: problems.length > 0 ? words.problem.title(title) : title,
    view: 'admin/app-scopes',
    data: {
      heading: title,
      problems: problems.map(({ message }) => ({ href: '#rows', text: message })),
      ...scopeFields(form, blank, kindOf(client.metadata), words),
      reason: reasonField(words, reason),
      action: adminPaths.app(client.id, 'scopes'),
      keepHref: adminPaths.app(client.id, 'access'),
      csrf: admin.csrf,
      version: client.version,
    },
  })
}

/** The rows of the form with their names, and what to choose from. */
export function scopeFields(form: ScopesForm, blank: number, kind: ClientKind, words: Words) {
  const { access } = words.admin
  // SCOPE-17: no person, no launch. What is there all the same can be taken away.
  const isService = kind === 'service'
  const usual = isService ? 'system' : 'patient'
  const empty: ScopeRow = { level: usual, type: '', letters: '', where: '', prefix: '', v1: false }
  const rows = [...form.rows, ...Array.from({ length: blank }, () => empty)]
  return {
    rows: rows.map((row, index) => ({
      ...row,
      index,
      name: row.type === '' ? access.newRow(index + 1) : row.type,
      levels: levels
        .filter((value) => !isService || value === usual || value === row.level)
        .map((value) => ({ value, label: access.levels[value], selected: value === row.level })),
      letters: letters.map((letter) => ({
        value: letter,
        label: access.letters[letter],
        ticked: row.letters.includes(letter),
      })),
    })),
    types: ['*', ...usCoreTypes],
    filters: usCoreCategories.map(({ system, code }) => {
      const { title } = consentWordsIn(words.lang).categories[code]
      return {
        value: `category=${system}|${code}`,
        label: typeof title === 'string' ? title : title({ who: 'patient' }),
      }
    }),
    contextsTitle: isService ? access.others.label : access.contexts,
    contexts: contextScopes
      .map((name) => ({ name, label: access.contextNames[name], ticked: form.contexts.includes(name) }))
      .filter(({ ticked }) => !isService || ticked),
    others: {
      name: 'others',
      label: access.others.label,
      hint: access.others.hint,
      type: 'area',
      rows: 3,
      value: form.others,
    },
  }
}
