import { SECOND } from '../../lib/time.ts'
import type { Dates } from '../dates.ts'
import type { Words } from '../words/en.ts'

/** What every step of a sign-in has. */
export type Flow = {
  /** Where its forms are posted to. */
  action: string
  csrf: string
  /** Seconds until the step is over (WCAG 2.2.1: say so). */
  closesIn?: number | undefined
}

/** The same for the templates. */
export function flowData({ action, csrf, closesIn }: Flow, words: Words, dates: Dates) {
  return {
    action,
    csrf,
    closes: closesIn === undefined ? undefined : words.closes(dates.left(closesIn * SECOND)),
  }
}
