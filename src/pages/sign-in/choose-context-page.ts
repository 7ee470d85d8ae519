import { faceOf, type RequestingApp } from '../app-face.ts'
import { datesIn } from '../dates.ts'
import { type PatientCard, personOf, signedInAs } from '../person.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type Flow, flowData } from './flow.ts'

export type ChooseContextModel = Flow & {
  client: RequestingApp
  user: { name: string }
  patient?: PatientCard | undefined
  /** What can be chosen: a reference, how the record calls it, and what else tells it from the others. */
  cards: readonly { value: string; title: string; detail?: string | undefined }[]
  /** There are others, and only the first ones are in `cards`. */
  more: boolean
  /** Milliseconds since 1970, for the age. */
  now: number
}

/** For `launch/<type>`: buttons `context` with the value of a card, or with nothing to go on without any. */
export function chooseContextPage(model: ChooseContextModel, words: Words): Page {
  const { client, user, patient, cards, more, now } = model
  const dates = datesIn(words)
  return {
    layout: 'flow',
    view: 'sign-in/choose-context',
    words,
    title: words.choose.context.title(client.name),
    card: 'wide',
    data: {
      ...flowData(model, words, dates),
      app: faceOf(client),
      signedIn: signedInAs(user, undefined, words),
      person: patient && personOf(patient, words, dates, now),
      cards: cards.map(({ value, title, detail = '' }) => ({ value, title, detail })),
      more,
    },
  }
}
