import { join, relative } from 'node:path'
import { DEMO_APP } from '../clients/demo-app.ts'
import { DEMO_BACKEND } from '../clients/demo-backend.ts'
import type { Lookup } from '../fhir/lookup/lookup.ts'
import { DEMO } from '../fhir/seed/demo.ts'
import type { House } from '../house.ts'
import type { CreateLaunch } from '../oidc/new-launch.ts'
import type { DemoBackend } from '../pages/first-token.ts'
import { reachOf } from '../users/user.ts'
import { DEMO_PASSWORD } from './demo-users.ts'

/** The demo's backend service while it may be used, for the commands on the start page. */
export async function demoBackendOf({ config, clients }: House): Promise<DemoBackend | undefined> {
  const client = await clients.find(DEMO_BACKEND.clientId)
  if (client?.status !== 'active') return undefined
  // As seen from where the server was started, which is where the commands are run.
  const keyFile = relative(process.cwd(), join(config.dataDir, DEMO_BACKEND.keyFile))
  return { clientId: client.id, keyFile }
}

/** The chart of the demo: its clinician opens its app for Ana's visit. */
export function demoLaunchOf({ clients, users }: House, createLaunch: CreateLaunch) {
  const [patient = '', encounter = ''] = [DEMO.children[0], DEMO.encounter].map((it) => it.split('/')[1])
  return {
    isReady: async () =>
      (await clients.find(DEMO_APP))?.status === 'active' &&
      (await users.findByName('clinician'))?.origin === 'demo',
    create: async (requestId: string) => {
      const asked = { client_id: DEMO_APP, user: 'clinician', patient, encounter }
      return (await createLaunch(asked, { by: 'demo', requestId })).launch_url
    },
  }
}

/** The people and records on which developers try their apps: those of them that are there. */
export function sandboxOf({ users }: House, createLaunch: CreateLaunch, patientOf: Lookup['patient']) {
  const own = DEMO.users.patient.fhirUser
  const pairs = [
    ...[...DEMO.children, own].map((patient) => ({ user: 'clinician', patient })),
    { user: 'patient', patient: own },
    ...DEMO.children.map((patient) => ({ user: 'parent', patient })),
  ].map(({ user, patient }) => ({ user, patient: patient.replace('Patient/', '') }))
  return {
    async people() {
      const found = await Promise.all(
        pairs.map(async ({ user: username, patient }) => {
          const user = await users.findByName(username)
          if (user?.origin !== 'demo') return []
          const card = await patientOf(reachOf(user), patient)
          if (card === undefined) return []
          const value = `${username} ${patient}`
          return [{ value, user: username, name: user.displayName, patient: card.name }]
        }),
      )
      return found.flat()
    },
    async create(clientId: string, { value }: { value: string }, requestId: string) {
      const [user, patient] = value.split(' ')
      const asked = { client_id: clientId, user, patient }
      return (await createLaunch(asked, { by: 'demo', requestId })).launch_url
    },
  }
}

/** Whom one can be in the demo, for the sign-in page. */
export async function demoPeopleOf({ config, users }: House) {
  if (config.mode !== 'demo') return undefined
  const found = await Promise.all(Object.keys(DEMO.users).map(users.findByName))
  const people = found.filter((user) => user?.origin === 'demo' && user.status === 'active')
  const usernames = people.flatMap((user) => user?.username ?? [])
  return usernames.length === 0 ? undefined : { usernames, password: DEMO_PASSWORD }
}
