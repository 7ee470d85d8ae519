import { messageOf } from '../../lib/errors.ts'

/** `note`: nothing is wrong, and something is worth knowing. */
export type State = 'ok' | 'note' | 'warning' | 'failed'

/** One thing that was looked at: how it is, and what to do where it is not well. */
export type Check = { name: string; state: State; sentence: string }

/** Makes the checks of one name. */
export function checks(name: string) {
  const of =
    (state: State) =>
    (sentence: string): Check => ({ name, state, sentence })
  return { ok: of('ok'), note: of('note'), warning: of('warning'), failed: of('failed') }
}

/** Runs a check; whatever it throws is its failure. */
export async function attempt(name: string, look: () => Promise<Check[]> | Check[]): Promise<Check[]> {
  try {
    return await look()
  } catch (error) {
    return [checks(name).failed(messageOf(error))]
  }
}

/** `12 days`, for the age of something. */
export function days(milliseconds: number): string {
  const count = Math.floor(milliseconds / 86_400_000)
  return count === 1 ? '1 day' : `${count} days`
}
