import { z } from 'zod'

// The types of settings. Each has its name in words, which is the text of the reference and of the complaint
// `must be …` alike.

/** Hands the name of a type to its schema twice: as documentation and as error. */
function named<Schema extends z.ZodType>(type: string, make: (error: { error: string }) => Schema): Schema {
  return make({ error: `must be ${type}` }).meta({ type })
}

export const count = (least: number, most: number) =>
  named(`a whole number from ${least} to ${most}`, (error) =>
    z
      .union(
        [
          z.number(),
          z
            .string()
            .regex(/^\d{1,10}$/, error)
            .transform(Number),
        ],
        error,
      )
      .refine((value) => Number.isInteger(value) && value >= least && value <= most, error),
  )

export const oneOf = <const Words extends readonly [string, ...string[]]>(...choices: Words) =>
  named(
    choices
      .map((word) => `"${word}"`)
      .join(', ')
      .replace(/, (?=[^,]*$)/, ' or '),
    (error) => z.enum(choices, error),
  )

/** Booleans as people write them in an environment variable. */
export const flag = named('"yes" or "no"', (error) =>
  z.union(
    [
      z.boolean(),
      z
        .enum(['true', 'yes', 'on', '1', 'false', 'no', 'off', '0'], error)
        .transform((word) => ['true', 'yes', 'on', '1'].includes(word)),
    ],
    error,
  ),
)

export const text = (type: string) => named(type, (error) => z.string(error).min(1, error))
export const folder = text('a folder')
export const file = text('a file')

/** Text of one shape; `type` says which. */
export const pattern = (type: string, shape: RegExp) =>
  named(type, (error) => z.string(error).regex(shape, error))

/** A list, in a variable separated by commas. */
export const list = (type: string) =>
  named(`a list of ${type}`, (error) =>
    z.union(
      [
        z.array(z.string(error).min(1, error), error),
        z.string(error).transform((words) =>
          words
            .split(',')
            .map((word) => word.trim())
            .filter((word) => word !== ''),
        ),
      ],
      error,
    ),
  )

/** Short names with what they stand for. */
export const dictionary = (type: string, name: RegExp) =>
  named(type, (error) => z.record(z.string().regex(name), z.string(error).min(1, error), error))

/** Scheme and host, as the issuer needs it. */
export const publicUrl = named('an address like "https://auth.example.org"', (error) =>
  z.string(error).superRefine((value, context) => {
    const problem = urlProblem(value)
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
  }),
)

function urlProblem(value: string): string | undefined {
  const example = ', e.g. "https://auth.example.org"'
  if (!/^https?:\/\//.test(value) || !URL.canParse(value)) {
    return `must be a complete http or https address${example}`
  }
  const url = new URL(value)
  if (url.username || url.password) return `must have no user name and no password${example}`
  if (/[?#]/.test(value)) return `must have no query and no fragment${example}`
  if (url.pathname !== '/') return `must have no path${example}`
  if (value.endsWith('/')) return 'must not end with a slash'
  return value === url.origin ? undefined : `must be written "${url.origin}"`
}
