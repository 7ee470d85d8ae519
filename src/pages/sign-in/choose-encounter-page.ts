import { faceOf, type RequestingApp } from '../app-face.ts'
import { type Dates, datesIn } from '../dates.ts'
import { lookUp, type PatientCard, personOf, signedInAs } from '../person.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type Flow, flowData } from './flow.ts'

export type EncounterCard = {
  /** Bare FHIR id. */
  id: string
  /** What kind of visit it was, as the record says it. */
  kind?: string | undefined
  /** FHIR date or dateTime: `Encounter.period`. */
  start?: string | undefined
  end?: string | undefined
  where?: string | undefined
  /** FHIR `Encounter.status`. */
  status?: string | undefined
}

export type ChooseEncounterModel = Flow & {
  client: RequestingApp
  user: { name: string }
  patient?: PatientCard | undefined
  /** Newest first. */
  cards: readonly EncounterCard[]
  /** There are others, and only the first ones are in `cards`. */
  more: boolean
  /** Milliseconds since 1970, for the age. */
  now: number
}

/** Buttons `encounter` with the resource id, or with nothing to go on without one. */
export function chooseEncounterPage(model: ChooseEncounterModel, words: Words): Page {
  const { client, user, patient, cards, more, now } = model
  const { encounter } = words.choose
  const dates = datesIn(words)
  return {
    layout: 'flow',
    view: 'sign-in/choose-encounter',
    words,
    title: encounter.title,
    card: 'wide',
    data: {
      ...flowData(model, words, dates),
      app: faceOf(client),
      signedIn: signedInAs(user, undefined, words),
      person: patient && personOf(patient, words, dates, now),
      visits: cards.map((card) => ({
        id: card.id,
        kind: card.kind ?? encounter.unknownKind,
        when: whenOf(card, dates) ?? words.people.unknown,
        where: card.where ?? words.people.unknown,
        state: lookUp(encounter.states, card.status ?? 'unknown') ?? encounter.states.unknown,
      })),
      more,
    },
  }
}

/** `3 Mar 2026, 10:30 UTC` of a visit of one day, `3 Mar 2026 – 7 Mar 2026` of a stay. */
function whenOf({ start, end }: EncounterCard, dates: Dates): string | undefined {
  const days = new Set([start, end].filter((date) => date !== undefined).map((date) => dates.fhirDate(date)))
  if (days.size === 0) return undefined
  const time = days.size === 1 && start?.includes('T') ? [dates.clock(Date.parse(start))] : []
  return [[...days].join(' – '), ...time].join(', ')
}
