import { faceOf, type RequestingApp } from '../app-face.ts'
import { datesIn } from '../dates.ts'
import { type PatientCard, personOf, signedInAs } from '../person.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type Flow, flowData } from './flow.ts'

export type ChoosePatientModel = Flow & {
  client: RequestingApp
  user: { name: string }
  /** Where the search field `q` is posted; without it nothing can be searched, as for a parent with two children. */
  searchAction?: string | undefined
  /** What was searched for; empty if nobody searched. */
  q: string
  /** What was found, or without a search the patients whose record this user may open. */
  cards: readonly PatientCard[]
  /** There are others, and only the first ones are in `cards`. */
  more: boolean
  /** Patients this user has opened before. */
  recent?: readonly PatientCard[] | undefined
  /** Milliseconds since 1970, for the ages. */
  now: number
}

/** Buttons `patient` with the resource id; "Not you?" posts `decision=switch`, the way back `decision=deny`. */
export function choosePatientPage(model: ChoosePatientModel, words: Words): Page {
  const { client, user, searchAction, cards, more, recent = [], now } = model
  const q = model.q.trim()
  const { patient } = words.choose
  const dates = datesIn(words)
  const person = (card: PatientCard) => {
    const shown = personOf(card, words, dates, now)
    return { ...shown, who: patient.who(shown.name, shown.born) }
  }
  const searched = searchAction !== undefined && q !== ''
  const noMatch = searched && cards.length === 0
  return {
    layout: 'flow',
    view: 'sign-in/choose-patient',
    words,
    title: noMatch ? patient.empty.title(patient.title) : patient.title,
    card: 'wide',
    data: {
      ...flowData(model, words, dates),
      app: faceOf(client),
      signedIn: signedInAs(user, undefined, words),
      searchAction,
      q,
      caption: searched ? (more ? patient.first : patient.match)(cards.length, q) : patient.all,
      people: cards.map(person),
      more,
      recent: recent.map(person),
      noMatch,
      // Who can search sees nobody before they do, and that is no lack.
      nobody: searchAction === undefined && cards.length === 0,
    },
  }
}
