import { DAY } from '../../../lib/time.ts'
import { datesIn } from '../../dates.ts'
import type { Cell, Table } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import type { AppView } from './app-page.ts'

/** What one launch allows an app at the moment. Times are milliseconds since 1970. */
export type ShownGrant = {
  id: string
  /** By name, as far as it is known. */
  person: string
  /** Where it is somebody here. */
  username?: string | undefined
  /** The id alone: whoever runs the server need not see records. */
  patient?: string | undefined
  created: number
  used?: number | undefined
  expires: number
  ends: 'session' | 'time'
  /** The record of the launch, while it is kept. */
  flight?: string | undefined
}

/** Who uses an app for whom, since when, until when; and, for whoever may change something, the end of it. */
export function grantsTable(
  grants: readonly ShownGrant[],
  { client, admin, now }: AppView & { now: number },
): Table | undefined {
  if (grants.length === 0) return undefined
  const { words } = admin
  const said = words.admin.use.grants
  const dates = datesIn(words)
  const names = ['person', 'patient', 'given', 'used', 'ends', 'launch'] as const
  const ended = (expires: number) => (expires - now < DAY ? dates.clock(expires) : dates.day(expires))
  const rowOf = (grant: ShownGrant): Cell[] => [
    {
      text: grant.person,
      href: grant.username && adminPaths.user(grant.username),
    },
    grant.patient === undefined ? { text: said.noPatient, muted: true } : { code: grant.patient },
    { time: { ...dates.moment(grant.created), people: dates.since(grant.created, now) } },
    grant.used === undefined
      ? { text: said.notUsed, muted: true }
      : { time: { ...dates.moment(grant.used), people: dates.since(grant.used, now) } },
    { text: grant.ends === 'session' ? said.atSignOut : ended(grant.expires) },
    grant.flight === undefined
      ? { text: said.noRecord, muted: true }
      : { text: grant.flight, href: adminPaths.flight(grant.flight) },
  ]
  const end = ({ id, person, created }: ShownGrant): Cell => ({
    button: {
      text: said.end,
      hidden: said.endOf(person, dates.moment(created).people),
      href: `${adminPaths.app(client.id, 'use')}/${encodeURIComponent(id)}`,
    },
  })
  return {
    caption: said.caption(client.metadata.client_name),
    columns: [
      ...names.map((name) => ({ label: said.columns[name] })),
      ...(admin.mayChange ? [{ label: said.columns.act, act: true }] : []),
    ],
    rows: grants.map((grant) => (admin.mayChange ? [...rowOf(grant), end(grant)] : rowOf(grant))),
  }
}
