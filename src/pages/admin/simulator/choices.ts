import type { ClientOverview } from '../../../clients/overview.ts'
import type { Client, ClientRegistry } from '../../../clients/registry.ts'
import type { UserReach } from '../../../smart/permit.ts'
import type { UserOverview } from '../../../users/overview.ts'
import type { UserRegistry } from '../../../users/registry.ts'
import { reachOf, type User } from '../../../users/user.ts'
import type { Admin } from '../door.ts'

/** What the form of the simulator asks of the FHIR data, as somebody may see it (fhir/lookup). */
export type SimulatorLookup = {
  patients(
    who: UserReach,
    search: { q: string },
  ): Promise<{ cards: { id: string; name: string; born?: string; record?: string }[]; more: boolean }>
  encounters(
    who: UserReach,
    patient: string,
    most: number,
  ): Promise<{ id: string; start?: string; kind?: string; place?: string }[]>
}

export type ChoiceDeps = {
  clients: Pick<ClientRegistry, 'find'>
  overview: Pick<ClientOverview, 'launched'>
  users: Pick<UserRegistry, 'findByName'>
  userOverview: Pick<UserOverview, 'page'>
  lookup: SimulatorLookup
  /** Whom one can be in the demo, where passwords are public. */
  demoPeople: () => Promise<{ usernames: string[]; password: string } | undefined>
}

/** What decides on what can be chosen next. */
export type Chosen = Readonly<Record<'app' | 'user' | 'q' | 'patient', string>>

/** What can be chosen, and what is chosen of it. */
export type Choices = {
  /** One more than a list holds, where there are too many. */
  apps: readonly Client[]
  /** Nothing if there are too many people to choose from a list. */
  usernames: readonly { username: string; name: string }[] | undefined
  /** Undefined where nothing, or nothing that is there, is chosen. */
  app: Client | undefined
  user: User | undefined
  /** Whether everybody may be this user. */
  isPublic: boolean
  patients: Awaited<ReturnType<SimulatorLookup['patients']>>
  encounters: Awaited<ReturnType<SimulatorLookup['encounters']>>
}

/** Visits to choose from. */
const VISITS = 30
/** People and apps in a list; of more, the name or the id is typed. */
const PEOPLE = 100
export const APPS = 200

/**
 * Looks up what can be chosen next. Of patients is shown what the looker may see: to run a server is no right to the
 * records that its users see (fhir/lookup/sight.ts). Of others the id can be typed. For an auditor, who is shown no form,
 * no record is looked at.
 */
export async function choicesFor(
  chosen: Chosen,
  { user: looker, mayChange }: Pick<Admin, 'user' | 'mayChange'>,
  { clients, overview, users, userOverview, lookup, demoPeople }: ChoiceDeps,
): Promise<Choices> {
  const apps = await overview.launched(APPS + 1)
  const people = await userOverview.page({ status: 'active' }, '', PEOPLE + 1)
  // In the demo anybody can sign in as its people.
  const open = (await demoPeople())?.usernames ?? []
  const known = await Promise.all(open.map((username) => users.findByName(username)))
  const usual = known.find((one) => one?.roles.includes('clinician')) ?? looker
  const app =
    chosen.app === ''
      ? (apps.find(({ metadata }) => metadata.launch_uris !== undefined) ?? apps[0])
      : await launchable(chosen.app, clients)
  const found = await users.findByName(chosen.user || usual.username)
  const user = found?.status === 'active' ? found : undefined
  const isPublic = user !== undefined && open.includes(user.username)
  const who = mayChange && app && user ? (isPublic ? reachOf(user, app.id) : reachOf(looker)) : undefined
  return {
    apps,
    usernames:
      people.length > PEOPLE
        ? undefined
        : people.map(({ username, displayName }) => ({ username, name: displayName })),
    app,
    user,
    isPublic,
    patients: who === undefined ? { cards: [], more: false } : await lookup.patients(who, { q: chosen.q }),
    encounters:
      who === undefined || chosen.patient === '' ? [] : await lookup.encounters(who, chosen.patient, VISITS),
  }
}

async function launchable(id: string, clients: ChoiceDeps['clients']): Promise<Client | undefined> {
  const client = await clients.find(id)
  const isOne = client?.status === 'active' && client.metadata.grant_types.includes('authorization_code')
  return isOne ? client : undefined
}
