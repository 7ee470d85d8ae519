import type Router from '@koa/router'
import { LanyardError } from '../../../lib/errors.ts'
import { parseJson } from '../../../lib/json.ts'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import { faults } from '../../../smart/fault.ts'
import type { AdminDoor, Answer } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { type LaunchForm, launchFields } from './chart-section.ts'
import { type ChoiceDeps, type Choices, type Chosen, choicesFor } from './choices.ts'
import { launchedPage } from './launched-page.ts'
import { simulatorPage } from './simulator-page.ts'

export type SimulatorPageDeps = ChoiceDeps & {
  operations: Pick<AdminOperations, 'simulator'>
  endpoints: { issuer: string; fhirBase: string }
}

/** The launch simulator. */
export function simulatorRoutes(
  router: Router<RequestState>,
  door: AdminDoor,
  deps: SimulatorPageDeps,
): void {
  const { operations, endpoints, demoPeople } = deps

  router.get(
    adminPaths.simulator,
    door.get(async (ctx, admin) =>
      simulatorPage({ ...(await choicesFor(chosenIn(ctx), admin.user, deps)), endpoints }, admin),
    ),
  )

  router.post(
    adminPaths.simulator,
    door.post(async (ctx, admin, { form: sent }) => {
      const chosen = chosenIn(ctx)
      const form: LaunchForm = Object.fromEntries(
        launchFields.map((name) => [name, (sent.get(name) ?? '').trim()]),
      )
      const choices = await choicesFor(chosen, admin.user, deps)
      const { app, user } = choices
      const again = (href: string, text: string): Answer =>
        simulatorPage({ ...choices, endpoints, form, problems: [{ href, text }] }, admin)
      if (app === undefined || user === undefined)
        return simulatorPage({ ...choices, endpoints, form }, admin)
      const fhirContext = contextIn(form)
      if (fhirContext === 'wrong') return again('#context', admin.words.admin.simulator.chart.contextWrong)
      try {
        const asked = { ...askedBy(choices, form), ...(fhirContext === undefined ? {} : { fhirContext }) }
        const made = await perform(operations.simulator.launch, asked, admin.actor)
        const people = await demoPeople()
        const isPublic = people?.usernames.includes(user.username) === true
        return launchedPage(
          {
            app,
            user,
            chosen,
            ...made,
            fault: faults.find((fault) => fault === form.fault),
            password: isPublic ? people?.password : undefined,
          },
          admin,
        )
      } catch (error) {
        if (error instanceof LanyardError && error.code === 'invalid-request')
          return again('#main', error.message)
        throw error
      }
    }),
  )
}

function chosenIn({ query }: Pick<RequestContext, 'query'>): Chosen {
  const asked = (name: string) => String(query[name] ?? '').trim()
  return { app: asked('app'), user: asked('user'), q: asked('q'), patient: asked('patient') }
}

/** The input of the operation; what was left empty is not in it. */
function askedBy({ chosen }: Choices, form: LaunchForm): Record<string, unknown> {
  const { launch_uri, encounter, intent, banner, style, fault, reason } = form
  const given = {
    launch_uri,
    patient: chosen.patient,
    encounter,
    intent,
    smart_style_url: style,
    fault,
    reason,
  }
  return {
    client_id: chosen.app,
    user: chosen.user,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value)),
    ...(banner ? { need_patient_banner: banner === 'true' } : {}),
  }
}

function contextIn({ context = '' }: LaunchForm): unknown[] | undefined | 'wrong' {
  if (context === '') return undefined
  const read = parseJson(context)
  return 'value' in read && Array.isArray(read.value) ? read.value : 'wrong'
}
