import { z } from 'zod'
import { LanyardError } from '../../lib/errors.ts'
import { mistakesIn } from '../../lib/mistakes.ts'

const text = z.string().min(1).max(10_000)

/** A Parameters resource, as far as a kick-off needs it. */
const body = z.object({
  resourceType: z.literal('Parameters'),
  parameter: z
    .array(
      z.object({
        name: z.string().min(1).max(100),
        valueString: text.optional(),
        valueCode: text.optional(),
        valueUri: text.optional(),
        valueInstant: text.optional(),
        valueDateTime: text.optional(),
        valueReference: z.object({ reference: text }).optional(),
      }),
    )
    .max(20_000)
    .default([]),
})

/**
 * The parameters of a kick-off by POST, as names and values.
 * @throws LanyardError `invalid-request` with every mistake
 */
export function pairsOf(json: unknown): [string, string][] {
  const parsed = body.safeParse(json)
  if (!parsed.success)
    throw refused(`The body is no Parameters resource of an export: ${mistakesIn(parsed.error).join('; ')}.`)
  return parsed.data.parameter.map(({ name, valueReference, ...values }) => {
    const [value = valueReference?.reference] = Object.values(values).filter((one) => one !== undefined)
    if (value === undefined) throw refused(`The parameter "${name}" has no value that an export understands.`)
    return [name, value]
  })
}

function refused(sentence: string): LanyardError {
  return new LanyardError('invalid-request', sentence, { word: 'structure', reason: 'export-refused' })
}
