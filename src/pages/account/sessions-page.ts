import { datesIn } from '../dates.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type AccountModel, accountPage } from './account-page.ts'
import { agentInWords } from './agent.ts'

export type SessionsModel = AccountModel & {
  action: string
  csrf: string
  /** Newest first. */
  sessions: readonly {
    id: string
    /** The one that asks. */
    current: boolean
    /** Milliseconds since 1970. */
    since: number
    address: string
    /** The `User-Agent` as it was sent. */
    agent: string
  }[]
  /** A session has just been ended. */
  ended?: boolean | undefined
  zone?: string | undefined
}

/** Buttons `session` with the id of the session that shall end, or `others` for all but this one. */
export function sessionsPage(model: SessionsModel, words: Words): Page {
  const { action, csrf, sessions, ended } = model
  const dates = datesIn(words, model.zone)
  return accountPage(model, words, {
    tab: 'sessions',
    view: 'account/sessions',
    data: {
      action,
      csrf,
      ended,
      sessions: sessions.map(({ id, current, since, address, agent }) => ({
        id,
        current,
        since: dates.moment(since),
        address,
        agent: agentInWords(agent, words),
      })),
      others: sessions.some(({ current }) => !current),
    },
  })
}
