import { LanyardError, type Problem } from '../../../lib/errors.ts'
import type { Words } from '../../words/en.ts'
import { mistakeFor, summaryOf } from '../mistakes.ts'
import type { Field } from '../parts.ts'

type Told = { href: string; text: string }
/** What was refused of a form: what names no member of it, and what does. */
export type Refused = { whole: readonly Told[]; problems: readonly Problem[] }

/** Nothing. */
export const accepted: Refused = { whole: [], problems: [] }

/** What a register refused, in its words, for the top of the form; other errors are thrown on. */
export function refusedWith(error: unknown, words: Words): Told[] {
  const told = ['invalid-request', 'conflict', 'not-found']
  if (!(error instanceof LanyardError) || !told.includes(error.code)) throw error
  const text = error.reason === 'stale' ? words.admin.stale.lead : error.message
  return [{ href: '#main', text }]
}

/** The same for a form that tells what is wrong beside its fields. */
export function refusedOf(error: unknown, words: Words): Refused {
  const whole = refusedWith(error, words)
  const problems = error instanceof LanyardError ? error.problems : []
  return problems.length > 0 ? { whole: [], problems } : { whole, problems }
}

/**
 * Fields with what is wrong with them, and all of it for the top of the form.
 * @param alias fields that are called otherwise than the members they stand for
 */
export function fieldsWith(
  fields: readonly Field[],
  { whole, problems }: Refused,
  words: Words,
  alias: Readonly<Record<string, string>> = {},
): { fields: Field[]; problems: Told[] } {
  const named = problems.map(({ path, message }) => {
    const [member = ''] = path.split('.')
    return { path: alias[member] ?? path, message }
  })
  const marked = fields.map((field) => {
    const problem = named.find(({ path }) => path.split('.')[0] === field.name)
    return problem === undefined ? field : { ...field, problem: mistakeFor(problem, words) }
  })
  return { fields: marked, problems: [...whole, ...summaryOf(named, marked, words)] }
}
