import type { FhirMessages } from '../../../launches/fhir-messages.ts'
import type { Issued } from '../../../launches/flight-detail.ts'
import type { ToldFlight } from '../../../launches/flight-document.ts'
import { likelyMistakes } from '../../../launches/flight-mistakes.ts'
import type { Flight } from '../../../launches/flights.ts'
import { lookUp } from '../../person.ts'
import type { Words } from '../../words/en.ts'
import type { Badge, Notice } from '../parts.ts'
import type { Section } from '../sheet.ts'

/** A flight with its steps, as pages tell it, and what was said in FHIR calls, by the number of the step. */
export type Told = ToldFlight & { messages?: ReadonlyMap<number, FhirMessages> }

const tones = { open: 'info', done: 'ok', refused: 'danger' } as const

export function outcomeBadge(outcome: Flight['outcome'], { admin }: Words): Badge {
  return { text: admin.flights.outcomes[outcome], tone: tones[outcome] }
}

/** The likely mistake, before everything else. */
export function mistakeNotice({ flight, steps }: Told, { admin, mistakes }: Words): Notice {
  const [first] = likelyMistakes(flight, steps, mistakes)
  const { one } = admin.flights
  const said = steps.findLast(({ detail }) => detail.description !== undefined)?.detail.description
  if (flight.outcome === 'refused') return { tone: 'danger', text: first?.mistake ?? said ?? one.noMistake }
  // It is finished when the code is sent; an app that never comes for its token may have been kept from it.
  const isWaiting =
    flight.outcome === 'done' && !steps.some(({ event }) => event === 'token' || event === 'fhir')
  if (first !== undefined)
    return { tone: 'warn', text: isWaiting ? `${one.codeOnly} ${first.mistake}` : first.mistake }
  if (isWaiting) return { tone: 'info', text: one.codeOnly }
  return flight.outcome === 'open' ? { tone: 'info', text: one.open } : { tone: 'ok', text: one.done }
}

/** What would allow it, in words where the reason is known. @param links to where an admin mends it */
export function allowSection(told: Told, words: Words, links: Section['links'] = []): Section | undefined {
  const { allow } = words.admin.flights.one
  const mistakes = likelyMistakes(told.flight, told.steps, words.mistakes)
  if (mistakes.length === 0) return undefined
  return {
    heading: allow.heading,
    checks: mistakes.map(({ mistake, advice }) => ({
      state: 'failed' as const,
      title: mistake,
      text: advice ?? allow.look,
    })),
    links,
  }
}

/** Asked, granted, and what became of the rest. */
export function scopesSection({ steps }: Told, { admin, mistakes }: Words): Section | undefined {
  const { scopes } = admin.flights.one
  const details = steps.map(({ detail }) => detail)
  const asked = details.find(({ parameters }) => parameters?.scope !== undefined)?.parameters?.scope
  const granted = details.findLast((detail) => detail.granted !== undefined)?.granted
  const left = new Map(
    details.flatMap(({ notGranted = [] }) => notGranted).map((one) => [one.scope, mistakes.scope(one)]),
  )
  if (asked === undefined && granted === undefined) return undefined
  const refused = new Set(left.keys())
  const listed = (text: string) =>
    text
      .split(' ')
      .filter((scope) => scope !== '')
      .map((scope, index) => ({
        text: `${index === 0 ? '' : '\n'}${scope}`,
        ...(refused.has(scope) ? { as: 'mark' as const } : {}),
      }))
  const code = (caption: string, text: string) => ({ caption, what: scopes.copy, pieces: listed(text) })
  return {
    heading: scopes.heading,
    facts: [...left].map(([scope, sentence]) => ({
      label: scopes.notGranted,
      value: { code: scope, hint: sentence },
    })),
    codes: [
      ...(asked === undefined ? [] : [code(scopes.asked, asked)]),
      ...(granted === undefined ? [] : [code(scopes.granted, granted)]),
    ],
  }
}

/** What the latest tokens say, claim by claim; only records of the simulator have it. */
export function tokenSections({ steps }: Told, words: Words): Section[] {
  const { tokens, claims } = words.admin.flights.one
  const issued: Issued = steps.findLast(({ detail }) => detail.issued !== undefined)?.detail.issued ?? {}
  const meanings: Readonly<Record<string, string>> = claims
  return (['answer', 'access_token', 'id_token'] as const).flatMap((of) => {
    const members = Object.entries(issued[of] ?? {})
    if (members.length === 0) return []
    const heading = tokens[of]
    return [
      {
        heading,
        table: {
          caption: tokens.caption(heading),
          columns: (['name', 'value', 'meaning'] as const).map((id) => ({ label: tokens.columns[id] })),
          rows: members.map(([name, value]) => [
            { code: name },
            { code: typeof value === 'string' ? value : JSON.stringify(value) },
            { text: lookUp(meanings, name) ?? tokens.unknown },
          ]),
        },
      },
    ]
  })
}
