import type { Client } from '../../clients/registry.ts'
import { consentLines } from '../../smart/consent-lines.ts'
import type { Vocabulary } from '../../smart/scope.ts'
import { consentWordsIn } from '../../smart/words/languages.ts'
import { reachOf } from '../../users/user.ts'
import type { CountedLine } from '../permissions.ts'
import type { PatientCard } from '../person.ts'
import { appOf } from '../sign-in/apps.ts'
import type { DecidingDeps } from '../sign-in/deciding.ts'
import { cardOf, isSelf } from '../sign-in/people.ts'
import type { AppGrant, GrantPatient } from './apps-page.ts'
import { type Connection, factsOf, scopesOf } from './connections.ts'
import type { Visitor } from './door.ts'

export type GrantModelDeps = {
  clients: { find: (id: string) => Promise<Client | undefined> }
  lookup: DecidingDeps['lookup']
  vocabulary: Vocabulary
}

/** What a user allowed an app, as the pages show it; the patient only while the user may see that one. */
export async function grantModel(
  connection: Connection,
  visitor: Visitor,
  deps: GrantModelDeps,
): Promise<Omit<AppGrant, 'lines'> & { lines: CountedLine[]; card: PatientCard | undefined }> {
  const client = await appIn(connection.clientId, deps)
  const found = await patientIn(connection, visitor, deps)
  return {
    ...factsOf(connection, deps.vocabulary),
    client,
    patient: found?.patient,
    card: found?.card,
    lines: linesOf(connection, client.name, found?.patient, visitor, deps),
  }
}

/** An app, by its id if it is not registered any more. */
export async function appIn(
  clientId: string,
  { clients }: Pick<GrantModelDeps, 'clients'>,
): Promise<AppGrant['client']> {
  const client = await clients.find(clientId)
  if (client === undefined) return { clientId, name: clientId, verified: false }
  return { ...appOf(client), clientId, publisher: client.metadata.owner }
}

async function patientIn(
  { patient: id }: Connection,
  { user }: Visitor,
  { lookup }: GrantModelDeps,
): Promise<{ card: PatientCard; patient: GrantPatient } | undefined> {
  const found = id === undefined ? undefined : await lookup.patient(reachOf(user), id)
  if (found === undefined) return undefined
  const { name, given } = found
  const relation = isSelf(user, found.id) ? 'self' : await lookup.relation(reachOf(user), found.id)
  return { card: cardOf(found), patient: { name, given, relation } }
}

/** The rows of the consent page for what was granted: all of it ticked. */
function linesOf(
  connection: Connection,
  app: string,
  patient: GrantPatient | undefined,
  { words }: Visitor,
  { vocabulary }: GrantModelDeps,
): CountedLine[] {
  const granted = scopesOf(connection, vocabulary)
  return consentLines(granted, {
    words: consentWordsIn(words.lang),
    app,
    self: patient?.relation === 'self',
    ...(patient === undefined ? {} : { patient: patient.given ?? patient.name }),
    remembered: { granted, refused: [] },
  })
}
