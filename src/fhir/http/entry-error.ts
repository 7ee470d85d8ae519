import { LanyardError } from '../../lib/errors.ts'
import { InvalidResource } from '../validate/issue.ts'

/** Says of which entry an error of a transaction tells. */
function toldOf(index: number, error: unknown): unknown {
  const at = `Bundle.entry[${index}]`
  if (error instanceof InvalidResource) {
    return new InvalidResource(
      error.issues.map((issue) => ({ ...issue, expression: [`${at}.resource.${issue.expression[0]}`] })),
      error.status === 422 ? 422 : 400,
    )
  }
  if (!(error instanceof LanyardError) || error.message.startsWith('Bundle.entry')) return error
  const { code, word, reason, status, headers, message } = error
  return new LanyardError(code, `${at}: ${message}`, {
    status,
    headers,
    ...(word === undefined ? {} : { word }),
    ...(reason === undefined ? {} : { reason }),
  })
}

/** Work on an entry whose errors tell of it. */
export function told<Result>(index: number, work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    throw toldOf(index, error)
  }
}

export async function toldAsync<Result>(index: number, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    throw toldOf(index, error)
  }
}
