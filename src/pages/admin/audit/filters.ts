import { eventGroupNames } from '../../../audit/event-groups.ts'
import type { Words } from '../../words/en.ts'
import type { AuditFilters } from '../operations/audit.ts'
import type { Field } from '../parts.ts'

export const filterNames = ['from', 'to', 'event', 'outcome', 'user', 'client', 'patient', 'request'] as const
export type Asked = Partial<Record<(typeof filterNames)[number], string>>

/** What the query of an address asks for; empty fields ask for nothing. */
export function askedIn(query: Readonly<Record<string, string | string[] | undefined>>): Asked {
  const said = filterNames.flatMap((name) => {
    const value = String(query[name] ?? '').trim()
    return value === '' ? [] : [[name, value] as const]
  })
  return Object.fromEntries(said)
}

/** The fields of the search. @param problems by field */
export function filterFields(
  asked: Readonly<Partial<Record<keyof AuditFilters, string>>>,
  problems: Readonly<Partial<Record<string, string>>>,
  { admin }: Words,
): (Field & { wide?: boolean })[] {
  const { fields, groups, allEvents, outcomes, allOutcomes } = admin.audit
  const input = (name: keyof typeof fields): Field => ({
    name,
    ...fields[name],
    value: asked[name],
    problem: problems[name],
  })
  const select = (name: 'event' | 'outcome', all: string, words: Readonly<Record<string, string>>): Field => {
    const options = [
      { value: '', label: all },
      ...Object.entries(words).map(([value, label]) => ({ value, label })),
    ]
    const chosen = asked[name] ?? ''
    // One event of the API's words is shown as what it says.
    const known = options.some(({ value }) => value === chosen)
    return {
      ...input(name),
      type: 'select',
      options: [...options, ...(known ? [] : [{ value: chosen, label: chosen }])].map((option) => ({
        ...option,
        selected: option.value === chosen,
      })),
    }
  }
  return [
    input('user'),
    select('event', allEvents, Object.fromEntries(eventGroupNames.map((name) => [name, groups[name]]))),
    select('outcome', allOutcomes, outcomes),
    input('from'),
    input('to'),
    input('client'),
    input('patient'),
    input('request'),
  ]
}
