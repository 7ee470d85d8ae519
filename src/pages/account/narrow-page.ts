import { faceOf } from '../app-face.ts'
import { datesIn } from '../dates.ts'
import { type CountedLine, permissionGroups } from '../permissions.ts'
import { type PatientCard, personOf } from '../person.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type AccountModel, accountPage } from './account-page.ts'
import { type AppGrant, publisherOf } from './apps-page.ts'
import { accountPaths } from './paths.ts'

export type NarrowModel = AccountModel & {
  action: string
  csrf: string
  client: AppGrant['client']
  patient?: PatientCard | undefined
  /** What the grant allows now, all of it ticked. */
  lines: readonly CountedLine[]
  /** Milliseconds since 1970, for the age. */
  now: number
}

/** What an app may do, to be made less: checkboxes `scope` and hidden `parts`, as on the consent page. */
export function narrowPage(model: NarrowModel, words: Words): Page {
  const { action, csrf, client, patient, lines, now } = model
  return accountPage(model, words, {
    tab: 'apps',
    title: words.account.narrow.title(client.name),
    view: 'account/narrow',
    data: {
      action,
      csrf,
      heading: words.account.narrow.title(client.name),
      app: { ...faceOf(client), verified: client.verified, about: publisherOf(client, words) },
      person: patient && personOf(patient, words, datesIn(words), now),
      groups: permissionGroups(lines, words),
      keep: accountPaths.apps,
    },
  })
}
