import { dateRange } from '../extract/date-range.ts'

type Member = { entity?: { reference?: unknown }; period?: { end?: unknown }; inactive?: unknown }

/**
 * The patients that are members of a Group (bare ids); not those who have left it.
 * @param body the Group as JSON text
 * @param at milliseconds
 */
export function membersOf(body: string, at: number, fhirBase: string): string[] {
  const { member } = JSON.parse(body) as { member?: unknown }
  const members = (Array.isArray(member) ? member : []) as Member[]
  const ids = members
    .filter(({ inactive, period }) => inactive !== true && !(endOf(period) <= at))
    .map(({ entity }) => String(entity?.reference ?? ''))
    .map((reference) =>
      reference.startsWith(`${fhirBase}/`) ? reference.slice(fhirBase.length + 1) : reference,
    )
    .map((reference) => /^Patient\/([A-Za-z0-9.-]{1,64})(?:\/_history\/.+)?$/.exec(reference)?.[1])
  return [...new Set(ids.filter((id) => id !== undefined))]
}

/** When a membership is over, exclusive; a day that is written without a time is over when it is. */
function endOf(period: Member['period']): number {
  const end = typeof period?.end === 'string' ? dateRange(period.end) : undefined
  return end?.hi ?? Number.POSITIVE_INFINITY
}
