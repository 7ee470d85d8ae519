import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type AccountModel, accountPage } from './account-page.ts'
import type { AppGrant } from './apps-page.ts'
import { accountPaths } from './paths.ts'

export type WithdrawModel = AccountModel & {
  action: string
  csrf: string
  grant: Pick<AppGrant, 'client' | 'patient'>
}

/** Asks before an app loses what it was allowed; the form posts `csrf` alone. */
export function withdrawPage(model: WithdrawModel, words: Words): Page {
  const { action, csrf, grant } = model
  const { name, publisher } = grant.client
  const { withdraw } = words.account
  return accountPage(model, words, {
    tab: 'apps',
    title: withdraw.title,
    view: 'account/withdraw',
    data: {
      action,
      csrf,
      heading: headingOf(grant, words),
      effect: publisher === undefined ? withdraw.effectOfUnknown(name) : withdraw.effect(name, publisher),
      keep: accountPaths.apps,
    },
  })
}

function headingOf({ client, patient }: WithdrawModel['grant'], { account: { withdraw } }: Words): string {
  if (patient === undefined) return withdraw.records(client.name)
  if (patient.relation === 'self') return withdraw.own(client.name)
  return withdraw.heading(client.name, patient.given ?? patient.name)
}
