import { SECOND } from '../../../lib/time.ts'
import type { Fault } from '../../../smart/fault.ts'
import { datesIn } from '../../dates.ts'
import type { Admin } from '../door.ts'
import type { Code, Link } from '../parts.ts'
import type { Choices } from './choices.ts'
import type { LaunchForm } from './launch-form.ts'

/** A launch that was made just now; its address is shown here and never again. */
export type Made = {
  /** Opens the app, or makes a browser ready for it. */
  url: string
  /** Seconds. */
  expires_in: number
  fault: Fault | undefined
  /** Of the user, where everybody may know it: in the demo. */
  password: string | undefined
}

/** views/partials/admin-made.ejs */
type MadeView = {
  heading: string
  text: string
  address: Code
  link: Link
  /** What opening it in this browser would end; the link then comes last, below this. */
  warning: string | undefined
}

/** How to open the app, and whom to be there: first the way that ends nobody's session. */
export function madeOf(
  { app, user, form }: Pick<Choices, 'app' | 'user'> & { form: LaunchForm },
  { url, expires_in, fault, password }: Made,
  { user: looker, words }: Admin,
): MadeView {
  const { launched, faults } = words.admin.simulator
  const name = app?.metadata.client_name ?? form.app
  const username = user?.username ?? form.user
  const time = datesIn(words).left(expires_in * SECOND)
  const isSelf = looker.id === user?.id
  const alone = form.from === 'app'
  const advice = [
    alone ? launched.ready(name, time) : launched.lead(name, user?.displayName ?? form.user, time),
    isSelf ? launched.self : launched.signIn(username),
    ...(isSelf || password === undefined ? [] : [launched.password(password)]),
    ...(fault === undefined ? [] : [launched.broken(faults[fault])]),
  ]
  const open = isSelf ? launched.open(name) : launched.openHere(name)
  return {
    heading: alone ? launched.makeReady : launched.how,
    text: advice.join(' '),
    address: {
      caption: isSelf ? launched.address : launched.apart,
      what: launched.copy,
      pieces: [{ text: url }],
    },
    link: { text: alone ? launched.openReady : open, href: url },
    warning: isSelf ? undefined : launched.here(username),
  }
}
