import type { ZodError } from 'zod'

/** What is wrong with an input, one sentence a mistake, each with the path of the member it is about. */
export function mistakesIn(error: ZodError): string[] {
  return error.issues.map((issue) => {
    const path = issue.path.map(String).join('.')
    return path === '' ? issue.message : `${path}: ${issue.message}`
  })
}
