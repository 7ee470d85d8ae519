import { DAY } from '../../lib/time.ts'
import { type Dates, datesIn } from '../dates.ts'
import type { Page } from '../render.ts'
import { fill } from '../sentence.ts'
import type { Words } from '../words/en.ts'
import { type AccountModel, accountPage } from './account-page.ts'
import { accountPaths } from './paths.ts'

/** Something that an app did with a record, or that somebody did about an app. */
export type ActivityEvent = {
  /** Milliseconds since 1970. */
  at: number
  what: 'read' | 'refused' | 'allowed' | 'denied' | 'narrowed' | 'withdrawn'
  app: string
  /** What was read or refused, in words with their counts: `48 vital signs`. */
  kinds?: readonly string[] | undefined
  /** Who used the app, if it was somebody else. */
  who?: string | undefined
  /** Whose record it was. */
  patient?: string | undefined
}

type Choice = { value: string; label: string }

export type ActivityModel = AccountModel & {
  /** Newest first. */
  events: readonly ActivityEvent[]
  /** What can be asked for by `record` and `app`, and what was. */
  filter: { records: readonly Choice[]; apps: readonly Choice[]; record: string; app: string }
  /** What `before` must be for the events before these, if there are any. */
  older?: string | undefined
  now: number
  zone?: string | undefined
}

/** What apps did, day by day. */
export function activityPage(model: ActivityModel, words: Words): Page {
  const { events, filter, older, now } = model
  const { activity } = words.account
  const dates = datesIn(words, model.zone)
  const asked = Object.fromEntries(
    Object.entries({ record: filter.record, app: filter.app }).filter(([, value]) => value !== ''),
  )
  return accountPage(model, words, {
    tab: 'activity',
    view: 'account/activity',
    kept: asked,
    data: {
      action: accountPaths.activity,
      zone: activity.zone(dates.zone),
      filters: [
        selectOf('record', activity.record, activity.allRecords, filter.records, filter.record),
        selectOf('app', activity.app, activity.allApps, filter.apps, filter.app),
      ],
      days: daysOf(events, dates).map((ofDay) => ({
        title: dayTitle(ofDay[0].at, now, words, dates),
        events: ofDay.map((event) => eventData(event, words, dates)),
      })),
      older: older && `${accountPaths.activity}?${new URLSearchParams({ ...asked, before: older })}`,
    },
  })
}

function selectOf(name: string, label: string, all: string, choices: readonly Choice[], chosen: string) {
  const options = [{ value: '', label: all }, ...choices]
  return { name, label, options: options.map((one) => ({ ...one, selected: one.value === chosen })) }
}

type Day = [ActivityEvent, ...ActivityEvent[]]

/** The events in their order, those of one day together. */
function daysOf(events: readonly ActivityEvent[], dates: Dates): Day[] {
  const days: Day[] = []
  for (const event of events) {
    const last = days.at(-1)
    if (last !== undefined && dates.sameDay(last[0].at, event.at)) last.push(event)
    else days.push([event])
  }
  return days
}

function dayTitle(at: number, now: number, { account }: Words, dates: Dates): string {
  if (dates.sameDay(at, now)) return account.today(dates.dayOfYear(at))
  return now - at < 300 * DAY ? dates.weekday(at) : dates.day(at)
}

const tones = { read: '', refused: 'danger', allowed: 'ok', denied: '', narrowed: '', withdrawn: '' } as const

function eventData({ at, what, app, kinds = [], who, patient }: ActivityEvent, words: Words, dates: Dates) {
  const { activity } = words.account
  const list = new Intl.ListFormat(words.locale).format(kinds)
  const sentence = what === 'read' && who !== undefined ? activity.readBy : activity[what]
  const refused = what === 'refused' ? [activity.notAllowed] : []
  return {
    time: dates.time(at),
    machine: new Date(at).toISOString(),
    tone: tones[what],
    pieces: fill(sentence, { app, what: list || activity.something, who: who ?? '' }),
    hints: [...(patient === undefined ? [] : [activity.of(patient)]), ...refused],
  }
}
