import { join, relative } from 'node:path'
import { DEMO_APP } from '../clients/demo-app.ts'
import { DEMO_BACKEND } from '../clients/demo-backend.ts'
import { DEMO } from '../fhir/seed/demo.ts'
import type { House } from '../house.ts'
import type { CreateLaunch } from '../oidc/new-launch.ts'
import type { DemoBackend } from '../pages/first-token.ts'
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

/** Whom one can be in the demo, for the sign-in page. */
export async function demoPeopleOf({ config, users }: House) {
  if (config.mode !== 'demo') return undefined
  const people = (await users.list()).filter(({ origin, status }) => origin === 'demo' && status === 'active')
  const usernames = people.map(({ username }) => username)
  return usernames.length === 0 ? undefined : { usernames, password: DEMO_PASSWORD }
}
