import type { LanyardError, Problem } from '../../lib/errors.ts'
import type { Words } from '../words/en.ts'

/**
 * What is wrong with a field, for people: the fix, not the rule. A register says it in English for whoever writes the
 * metadata; a sentence that has no words here is shown as it is.
 */
export function mistakeFor({ message }: Problem, { admin }: Words): string {
  const [, value, rule = message] = /^"(.*)" (.*)$/s.exec(message) ?? []
  const [, fix] = Object.entries(admin.mistakes).find(([start]) => rule.startsWith(start)) ?? []
  if (fix === undefined) return message
  return value === undefined ? fix : `${value}: ${fix}`
}

/** Problems that no field of the page shows are said at its top as they are. */
export function summaryOf(
  problems: readonly Problem[],
  fields: readonly { name: string; label: string; problem?: string | undefined }[],
  words: Words,
): { href: string; text: string }[] {
  const inFields = fields.flatMap(({ name, label, problem }) =>
    problem === undefined ? [] : [{ href: `#${name}`, text: `${label}: ${problem}` }],
  )
  const others = problems
    .filter(({ path }) => !fields.some(({ name }) => name === path.split('.')[0]))
    .map((problem) => ({
      href: '#main',
      text:
        problem.path === '' ? mistakeFor(problem, words) : `${problem.path}: ${mistakeFor(problem, words)}`,
    }))
  return [...inFields, ...others]
}

/** What is wrong with what was sent; an error that names no member is thrown on. */
export function problemsOf(error: unknown): readonly Problem[] {
  const problems = (error as Partial<LanyardError>).problems
  if (Array.isArray(problems) && problems.length > 0) return problems
  throw error
}
