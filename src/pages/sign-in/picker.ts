import type { UserReach } from '../../smart/permit.ts'
import { reachOf } from '../../users/user.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { requestingApp } from './apps.ts'
import { chooseContextPage } from './choose-context-page.ts'
import { chooseEncounterPage } from './choose-encounter-page.ts'
import { choosePatientPage } from './choose-patient-page.ts'
import { cardOf, type FoundPatient } from './people.ts'
import type { ChoiceScene } from './scene.ts'

type Visit = { id: string; start?: string; end?: string; status?: string; kind?: string; place?: string }
type Item = { reference: string; title: string; when?: string }

/** What the pickers ask of the FHIR data, as the user may see it (fhir/lookup). */
export type PickerDeps = {
  lookup: {
    warm(): void
    patients(who: UserReach, search: { q: string }): Promise<{ cards: FoundPatient[]; more: boolean }>
    patient(who: UserReach, id: string): Promise<FoundPatient | undefined>
    encounters(who: UserReach, patient: string, most: number): Promise<Visit[]>
    contextItems(who: UserReach, type: string, patient: string, most: number): Promise<Item[]>
  }
  clock: () => number
}

/** Cards on a page. */
const MOST = 30

/** The page on which a patient, a visit, or another thing of the record is chosen (STAND-01, STAND-03). */
export async function pickerPage(
  { step, client, user }: ChoiceScene,
  { words, q, ...flow }: { action: string; csrf: string; q: string; words: Words },
  { lookup, clock }: PickerDeps,
): Promise<Page> {
  const who = reachOf(user, client.id)
  const shared = {
    ...flow,
    client: requestingApp(client, step.redirectUri),
    user: { name: user.displayName },
    now: clock(),
  }
  if (step.missing === 'patient') {
    const { cards, more } = await lookup.patients(who, { q })
    // Who acts for some people only sees them all at once.
    const searchAction = who.patients === 'all' ? flow.action : undefined
    return choosePatientPage({ ...shared, searchAction, q, cards: cards.map(cardOf), more }, words)
  }
  const id = step.context.patient ?? ''
  const found = await lookup.patient(who, id)
  const patient = found && cardOf(found)
  if (step.missing === 'encounter') {
    const visits = await lookup.encounters(who, id, MOST + 1)
    const cards = visits.slice(0, MOST).map(({ place, ...visit }) => ({ ...visit, where: place }))
    return chooseEncounterPage({ ...shared, patient, cards, more: visits.length > MOST }, words)
  }
  const items = await lookup.contextItems(who, step.type ?? '', id, MOST + 1)
  const cards = items
    .slice(0, MOST)
    .map(({ reference, title, when }) => ({ value: reference, title, detail: when }))
  return chooseContextPage({ ...shared, patient, cards, more: items.length > MOST }, words)
}
