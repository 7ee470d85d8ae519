import type { Client } from '../../../clients/registry.ts'
import { SECOND } from '../../../lib/time.ts'
import type { Fault } from '../../../smart/fault.ts'
import type { User } from '../../../users/user.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Admin } from '../door.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'
import { simulatorAt } from './chart-section.ts'
import type { Chosen } from './choices.ts'

export type LaunchedModel = {
  app: Client
  user: User
  chosen: Chosen
  flight: string
  launch_url: string
  /** Seconds. */
  expires_in: number
  fault: Fault | undefined
  /** Of the user, where everybody may know it: in the demo. */
  password: string | undefined
}

/** How to open the app, and whom to be there; the address is shown here and never again. */
export function launchedPage(model: LaunchedModel, admin: Admin): Page {
  const { app, user, chosen, flight, launch_url, expires_in, fault, password } = model
  const { frame, words } = admin
  const { launched, title, faults } = words.admin.simulator
  const name = app.metadata.client_name
  const advice =
    admin.user.id === user.id
      ? [launched.self]
      : [launched.signIn(user.username), ...(password === undefined ? [] : [launched.password(password)])]
  return sheetPage(frame, words, {
    part: 'simulator',
    title: launched.title,
    lead: launched.lead(name, user.displayName, datesIn(words).left(expires_in * SECOND)),
    crumbs: [{ name: title, href: simulatorAt(chosen) }],
    notice: fault === undefined ? undefined : { tone: 'warn', text: launched.broken(faults[fault]) },
    sections: [
      {
        heading: launched.how,
        text: advice.join(' '),
        codes: [{ caption: launched.address, what: launched.copy, pieces: [{ text: launch_url }] }],
        links: [
          { text: launched.open(name), href: launch_url, newTab: true },
          { text: launched.record, href: `${adminPaths.flight(flight)}?watch=1` },
          { text: launched.again, href: simulatorAt(chosen) },
        ],
      },
    ],
    // Its address is that of a form: it cannot be asked for again.
    kept: false,
  })
}
