import { DAY } from '../../lib/time.ts'
import { type App, faceOf } from '../app-face.ts'
import { type Dates, datesIn } from '../dates.ts'
import type { CountedLine } from '../permissions.ts'
import { lookUp } from '../person.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type AccountModel, accountPage } from './account-page.ts'
import { accountPaths } from './paths.ts'

/** The patient of a grant. `relation`: what the user is to them, as HL7 v3 RoleCode, or `self`. */
export type GrantPatient = { name: string; given?: string | undefined; relation?: string | undefined }

export type AppGrant = {
  id: string
  client: App & { clientId: string; publisher?: string | undefined }
  patient?: GrantPatient | undefined
  /** In the words of the consent page. */
  lines: readonly Pick<CountedLine, 'group' | 'title'>[]
  scopes: string
  /** Times are milliseconds since 1970. */
  since: number
  lastUsed?: number | undefined
  until: number
  /** Also while the user is away. */
  offline: boolean
}

export type AccountAppsModel = AccountModel & {
  grants: readonly AppGrant[]
  /** Of a list that is too long for one page: whether this is its first, and where the next one begins. */
  place?: { first: boolean; more: string | undefined } | undefined
  /** What has just been done to which app. */
  done?: { what: 'narrowed' | 'withdrawn'; app: string } | undefined
  now: number
  zone?: string | undefined
}

/** The apps that somebody allowed something: what, for whom, since when and until when. */
export function accountAppsPage(model: AccountAppsModel, words: Words): Page {
  const { grants, place, done, now } = model
  const dates = datesIn(words, model.zone)
  return accountPage(model, words, {
    tab: 'apps',
    view: 'account/apps',
    data: {
      paging:
        place === undefined || (place.first && place.more === undefined)
          ? undefined
          : {
              said: '',
              first: place.first ? undefined : accountPaths.apps,
              next: place.more && `${accountPaths.apps}?${new URLSearchParams({ from: place.more })}`,
            },
      done: done && words.account.apps[done.what](done.app),
      grants: grants.map((grant, index) => ({
        id: `app-${index + 1}`,
        app: { ...faceOf(grant.client), verified: grant.client.verified },
        by: publisherOf(grant.client, words),
        narrow: accountPaths.narrow(grant.id),
        withdraw: accountPaths.withdraw(grant.id),
        facts: factsOf(grant, words, dates, now),
        used: grant.lastUsed === undefined ? undefined : sayWhen(grant.lastUsed, now, words, dates),
        activity: `${accountPaths.activity}?${new URLSearchParams({ app: grant.client.clientId })}`,
        scopes: grant.scopes,
      })),
    },
  })
}

/** Who makes the app, as far as that is known. */
export function publisherOf(
  { verified, publisher }: AppGrant['client'],
  { account: { apps } }: Words,
): string {
  if (publisher === undefined) return apps.nobody
  return verified ? apps.publisher(publisher) : apps.claimed(publisher)
}

function factsOf(grant: AppGrant, { account, people }: Words, dates: Dates, now: number) {
  const { patient, lines, offline, since, until } = grant
  const words = account.apps
  const titles = (group: CountedLine['group']) =>
    lines.filter((line) => line.group === group).map((line) => line.title)
  const groups = (['see', 'change', 'delete'] as const).filter((group) => titles(group).length > 0)
  const yours = patient && lookUp(people.yours, patient.relation ?? '')
  // The last day is told by the hour.
  const end = until - now < DAY ? dates.moment(until).people : dates.day(until)
  return [
    ...(patient === undefined ? [] : [{ label: words.for, value: yours?.(patient.name) ?? patient.name }]),
    ...groups.map((group) => ({ label: words[group], value: titles(group).join(' · ') })),
    ...(groups.length > 0 ? [] : [{ label: words.see, value: words.nothing }]),
    { label: words.since, value: dates.day(since) },
    { label: words.until, value: offline ? words.offline(end) : end },
  ]
}

function sayWhen(at: number, now: number, { account }: Words, dates: Dates): string {
  return dates.sameDay(at, now) ? account.todayAt(dates.clock(at)) : dates.day(at)
}
