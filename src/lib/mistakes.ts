import type { ZodError } from 'zod'
import type { Problem } from './errors.ts'

/** What is wrong with an input, member by member. */
export function problemsIn(error: ZodError): Problem[] {
  return error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message }))
}

/** The same as sentences, each with the path of the member it is about. */
export function mistakesIn(error: ZodError): string[] {
  return problemsIn(error).map(mistakeOf)
}

export function mistakeOf({ path, message }: Problem): string {
  return path === '' ? message : `${path}: ${message}`
}
