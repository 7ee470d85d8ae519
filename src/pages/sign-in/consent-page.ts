import { accountPaths } from '../account/paths.ts'
import { type App, faceOf, returnsTo, webLink } from '../app-face.ts'
import { type Dates, datesIn } from '../dates.ts'
import { type CountedLine, permissionGroups } from '../permissions.ts'
import { type PatientCard, personOf, signedInAs } from '../person.ts'
import type { Page } from '../render.ts'
import { fill } from '../sentence.ts'
import type { Words } from '../words/en.ts'
import { type Flow, flowData } from './flow.ts'

/** The app that asks, as it is registered; what it says of itself is text. */
export type ConsentClient = App & {
  clientId: string
  kind: 'public' | 'confidential'
  redirectUri: string
  publisher?: string | undefined
  /** The address of its privacy policy. */
  privacy?: string | undefined
  /** Since when it is registered, in milliseconds since 1970. */
  since: number
}

/** One of the spans somebody can choose: `90 days, until 19 February 2027`; hours are said without a date. */
export type Duration = {
  /** What the radio `duration` posts. */
  value: string
  count: number
  unit: 'hour' | 'day' | 'month' | 'year'
  /** Milliseconds since 1970. */
  until: number
  checked: boolean
  /** An app that is not verified cannot have more. */
  longest?: boolean | undefined
}

export type ConsentModel = Flow & {
  client: ConsentClient
  /** `relation`: what the user is to the patient, as HL7 v3 RoleCode (RelatedPerson.relationship), or `self`. */
  user: { name: string; relation?: string | undefined }
  patient?: PatientCard | undefined
  lines: readonly CountedLine[]
  /** The app asked for offline access. */
  offline?: { ticked: boolean } | undefined
  durations: readonly Duration[]
  /** The app was allowed something before, and `lines` are only what is new. */
  onlyNew?: boolean | undefined
  /** As the app asked. */
  scopes: string
  /** What cannot be granted whatever is ticked, with the reason. */
  notGranted: readonly { scope: string; sentence: string }[]
  /** Milliseconds since 1970. */
  now: number
  zone?: string | undefined
}

/**
 * Checkboxes `scope` and `offline` (`yes`), hidden `parts` with the value of each line whose parts are on the page,
 * radio `duration`, buttons `decision`: `deny`, `allow`, and `switch` for another user.
 */
export function consentPage(model: ConsentModel, words: Words): Page {
  const { client, user, patient, lines, offline, onlyNew, scopes, notGranted, now } = model
  const { consent } = words
  const dates = datesIn(words, model.zone)
  const host = returnsTo(client.redirectUri)
  const { title, heading } = namesOf(model, words)
  const offlineHint =
    model.durations.length > 0 ? consent.duration.offlineHint : consent.duration.offlineAlways
  return {
    layout: 'flow',
    view: 'sign-in/consent',
    words,
    title,
    card: 'medium',
    data: {
      ...flowData(model, words, dates),
      heading,
      signedIn: signedInAs(user, patient, words),
      app: { ...faceOf(client), verified: client.verified, about: aboutOf(client, words, dates, now) },
      privacy: webLink(client.privacy),
      person: patient && personOf(patient, words, dates, now),
      onlyNew: onlyNew && consent.onlyNew(client.name),
      onlyIf: fill(consent.warning.onlyIf, { host }),
      groups: permissionGroups(lines, words),
      durations: model.durations.map((duration) => durationOf(duration, words, dates)),
      offline: offline && { ...offline, hint: offlineHint(client.name) },
      technical: {
        client: client.clientId,
        kind: consent.technical[client.kind],
        redirectUri: client.redirectUri,
        scopes,
        notGranted,
      },
      eitherWay: fill(consent.eitherWay, { host }),
      later: fill(consent.later, { apps: words.account.tabs.apps }),
      apps: accountPaths.apps,
    },
  }
}

/** Whose record it is about, seen from the person who is asked. */
function namesOf({ client, user, patient }: ConsentModel, { consent }: Words) {
  if (patient === undefined)
    return { title: consent.general(client.name), heading: consent.general(client.name) }
  if (user.relation === 'self')
    return { title: consent.own.title(client.name), heading: consent.own.heading(client.name) }
  const given = patient.given ?? patient.name
  return { title: consent.title(client.name, given), heading: consent.heading(client.name, given) }
}

/** What is known about an app; of one that nobody has checked, what it says and what it leaves out. */
function aboutOf(
  { verified, publisher, privacy, since }: ConsentClient,
  { consent: { by, byNobody, claims } }: Words,
  dates: Dates,
  now: number,
): string {
  if (verified) {
    const month = dates.month(since)
    return publisher === undefined ? byNobody(month) : by(publisher, month)
  }
  const ago = dates.ago(since, now)
  if (publisher === undefined)
    return webLink(privacy) === undefined ? claims.nothing(ago) : claims.noPublisher(ago)
  return webLink(privacy) === undefined ? claims.noPrivacy(ago, publisher) : claims.publisher(ago, publisher)
}

function durationOf(
  { value, count, unit, until, checked, longest }: Duration,
  { consent: { duration } }: Words,
  dates: Dates,
) {
  const span = dates.amount(count, unit)
  return {
    value,
    checked,
    label: unit === 'hour' ? span : duration.until(span, dates.day(until)),
    hint: longest ? duration.longest : undefined,
  }
}
