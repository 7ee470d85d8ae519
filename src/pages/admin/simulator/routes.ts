import type Router from '@koa/router'
import { LanyardError } from '../../../lib/errors.ts'
import type { RequestState } from '../../../observe/request-context.ts'
import { faults } from '../../../smart/fault.ts'
import type { Admin, AdminDoor, Answer } from '../door.ts'
import { type FlightSightDeps, type SeenFlight, seeFlight } from '../operations/flight-sight.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { type ChoiceDeps, type Choices, choicesFor } from './choices.ts'
import { type LaunchForm, launchAsked, launchFormOf, startAsked } from './launch-form.ts'
import type { Made } from './made.ts'
import { simulatorPage } from './simulator-page.ts'

export type SimulatorPageDeps = ChoiceDeps &
  Omit<FlightSightDeps, 'demoPeople'> & { operations: Pick<AdminOperations, 'simulator'> }

/** The launch simulator. */
export function simulatorRoutes(
  router: Router<RequestState>,
  door: AdminDoor,
  deps: SimulatorPageDeps,
): void {
  router.get(
    adminPaths.simulator,
    door.get(async ({ query }, admin) => {
      const flight = String(query.flight ?? '')
      const seen = flight === '' ? undefined : await seeFlight(flight, admin.actor, deps)
      const asked = launchFormOf((name) => query[name])
      const form = seen === undefined || asked.app !== '' ? asked : await sameAs(seen, asked, deps)
      const choices = await choicesSeen(form, admin, deps)
      return simulatorPage({ ...choices, form, reason: '', seen }, admin)
    }),
  )

  router.post(
    adminPaths.simulator,
    door.post(async (_ctx, admin, { form: sent }) => {
      const form = launchFormOf((name) => sent.get(name))
      // A checkbox that is not ticked is not sent.
      const filled = { ...form, banner: sent.get('banner') === 'yes' ? '' : 'no' }
      const reason = (sent.get('reason') ?? '').trim()
      const choices = await choicesSeen(filled, admin, deps)
      if (sent.get('do') !== 'launch' || choices.app === undefined || choices.user === undefined)
        return simulatorPage({ ...choices, form: filled, reason, seen: undefined }, admin)
      return await launched(choices, filled, reason, admin, deps)
    }),
  )
}

/** The app and the user of a launch, for the next one. */
async function sameAs(
  { flight }: SeenFlight,
  form: LaunchForm,
  { users }: Pick<SimulatorPageDeps, 'users'>,
): Promise<LaunchForm> {
  const user = flight.userId === undefined ? undefined : await users.find(flight.userId)
  return { ...form, app: flight.clientId ?? '', user: user?.username ?? '' }
}

/** What can be chosen; of whose record it tells something is recorded: those found, and the one whose visits are shown. */
async function choicesSeen(form: LaunchForm, admin: Admin, deps: SimulatorPageDeps): Promise<Choices> {
  const choices = await choicesFor(form, admin, deps)
  const { patients, encounters, app } = choices
  const { patient } = form
  const found = patients.cards.map(({ id }) => id)
  const all = encounters.length === 0 || found.includes(patient) ? found : [...found, patient]
  if (all.length > 0)
    deps.looks.note({ event: 'simulator.search', patients: all, clientId: app?.id, about: all }, admin.actor)
  return choices
}

async function launched(
  choices: Choices,
  form: LaunchForm,
  reason: string,
  admin: Admin,
  deps: SimulatorPageDeps,
): Promise<Answer> {
  const again = (href: string, text: string): Answer =>
    simulatorPage({ ...choices, form, reason, seen: undefined, problems: [{ href, text }] }, admin)
  try {
    const made = await makeLaunch(form, reason, admin, deps)
    if (made === undefined) return again('#context', admin.words.admin.simulator.chart.contextWrong)
    const people = choices.isPublic ? await deps.demoPeople() : undefined
    const fault = faults.find((fault) => fault === form.fault)
    const seen = await seeFlight(made.flight, admin.actor, deps)
    return simulatorPage(
      { ...choices, form, reason: '', seen, made: { ...made, fault, password: people?.password } },
      admin,
    )
  } catch (error) {
    if (error instanceof LanyardError && error.code === 'invalid-request')
      return again('#main', error.message)
    throw error
  }
}

async function makeLaunch(
  form: LaunchForm,
  reason: string,
  { actor }: Admin,
  { operations: { simulator } }: SimulatorPageDeps,
): Promise<(Pick<Made, 'url' | 'expires_in'> & { flight: string }) | undefined> {
  if (form.from === 'app') {
    const { ready_url, ...made } = await perform(simulator.start, startAsked(form, reason), actor)
    return { ...made, url: ready_url }
  }
  const asked = launchAsked(form, reason)
  if (asked === undefined) return undefined
  const { launch_url, ...made } = await perform(simulator.launch, asked, actor)
  return { ...made, url: launch_url }
}
