import { SECOND } from '../../lib/time.ts'
import { type Dates, datesIn } from '../dates.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type AccountModel, accountPage } from './account-page.ts'

export type PasswordFailure =
  | { field: 'current'; reason: 'wrong' }
  /** `retryAfter` in seconds. */
  | { field: 'current'; reason: 'blocked'; retryAfter: number }
  | { field: 'password'; reason: 'short' | 'long' | 'same' }
  | { field: 'again'; reason: 'different' }

export type SecurityModel = AccountModel & {
  action: string
  csrf: string
  /** For password managers. */
  username: string
  /** Fewest characters of a password. */
  least: number
  failures?: readonly PasswordFailure[] | undefined
  /** The password has just been changed. */
  changed?: boolean | undefined
}

/** Fields `current`, `password`, `again`. */
export function securityPage(model: SecurityModel, words: Words): Page {
  const { action, csrf, username, least, failures = [], changed } = model
  const { account, problem } = words
  const dates = datesIn(words)
  const problems = failures.map((failure) => ({
    field: failure.field,
    text: sentenceOf(failure, least, words, dates),
  }))
  return accountPage(model, words, {
    tab: 'security',
    ...(problems.length > 0 && { title: problem.title(account.tabs.security) }),
    view: 'account/security',
    data: {
      action,
      csrf,
      username,
      problems,
      changed,
      fields: [
        { name: 'current', label: account.security.current, autocomplete: 'current-password' },
        {
          name: 'password',
          label: account.security.password,
          autocomplete: 'new-password',
          hint: account.security.hint(least),
        },
        { name: 'again', label: account.security.again, autocomplete: 'new-password' },
      ].map((field) => ({
        hint: undefined,
        problem: problems.find((problem) => problem.field === field.name)?.text,
        ...field,
      })),
    },
  })
}

function sentenceOf(
  failure: PasswordFailure,
  least: number,
  { account: { security } }: Words,
  dates: Dates,
): string {
  switch (failure.reason) {
    case 'blocked':
      return security.failures.blocked(dates.left(failure.retryAfter * SECOND))
    case 'short':
      return security.failures.short(least)
    default:
      return security.failures[failure.reason]
  }
}
