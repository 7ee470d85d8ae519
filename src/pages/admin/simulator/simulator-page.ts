import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { adminPage } from '../admin-page.ts'
import type { Admin } from '../door.ts'
import { mistakeNotice, outcomeBadge, tokenSections } from '../flights/sections.ts'
import { traceSection } from '../flights/trace.ts'
import type { SeenFlight } from '../operations/flight-sight.ts'
import type { Badge } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import type { Choices } from './choices.ts'
import { formFields } from './form-fields.ts'
import { keptOf, type LaunchForm, simulatorAt } from './launch-form.ts'
import { type Made, madeOf } from './made.ts'

export type SimulatorModel = Choices & {
  form: LaunchForm
  reason: string
  /** Whose trace is shown. */
  seen: SeenFlight | undefined
  made?: Made | undefined
  problems?: readonly { href: string; text: string }[] | undefined
}

/** The form of a launch, with the trace of the last one beside it. */
export function simulatorPage(model: SimulatorModel, admin: Admin): Page {
  const { frame, words, mayChange, csrf } = admin
  const { simulator } = words.admin
  const { apps, app, form, seen, made } = model
  const problems = [...(model.problems ?? []), ...unknown(model, words)]
  const flight = seen?.flight.id
  return adminPage(frame, words, {
    part: 'simulator',
    title: problems.length > 0 ? words.problem.title(simulator.title) : simulator.title,
    view: 'admin/simulator',
    // The answer to a form cannot be asked for again.
    kept: made === undefined ? { ...keptOf(form), ...(flight === undefined ? {} : { flight }) } : false,
    data: {
      problems,
      notice: mayChange ? undefined : { tone: 'info', text: simulator.readOnly },
      empty: apps.length === 0 ? { ...simulator.noApps, icon: 'play' } : undefined,
      made: made && app && madeOf(model, made, admin),
      trace: seen && traceOf(seen, form, words),
      form: mayChange
        ? {
            action: adminPaths.simulator,
            csrf,
            fields: formFields(model, words),
            button: seen === undefined ? simulator.launch : simulator.runAgain,
            noUri: app !== undefined && (app.metadata.launch_uris ?? []).length === 0,
            settings: app && adminPaths.app(app.id),
          }
        : undefined,
    },
  })
}

/** Something was chosen that is not there, or not any more. */
function unknown({ form, app, user }: SimulatorModel, { admin }: Words) {
  return [
    ...(form.app !== '' && app === undefined ? [{ href: '#app', text: admin.simulator.noApp }] : []),
    ...(form.user !== '' && user === undefined ? [{ href: '#user', text: admin.simulator.noUser }] : []),
  ]
}

function traceOf(seen: SeenFlight, form: LaunchForm, words: Words) {
  const { flight } = seen
  const { trace: steps, text } = traceSection(seen, words)
  const path = adminPaths.flight(flight.id)
  return {
    badge: progressBadge(seen, words),
    // Nothing is said before anything was refused: the steps tell.
    notice: steps.some(({ failed }) => failed) ? mistakeNotice(seen, words) : undefined,
    steps,
    text,
    tokens: tokenSections(seen, words),
    save: `${path}/trace`,
    record: path,
    look: simulatorAt(form, flight.id),
  }
}

function progressBadge({ flight, steps }: SeenFlight, words: Words): Badge {
  const failed = steps.findIndex(({ outcome }) => outcome === 'refused')
  if (failed < 0) return outcomeBadge(flight.outcome, words)
  const step = new Intl.NumberFormat(words.locale).format(failed + 1)
  return { text: words.admin.simulator.refusedAt(step), tone: 'danger', mark: 'stop' }
}
