import { parseJson } from '../../../lib/json.ts'
import { faults } from '../../../smart/fault.ts'
import { adminPaths } from '../paths.ts'

/** What the form of the simulator asks; `from` is the chart or the app itself. */
const names = [
  'from',
  'app',
  'user',
  'q',
  'patient',
  'encounter',
  'banner',
  'fault',
  'launch_uri',
  'intent',
  'style',
  'context',
] as const
export type LaunchForm = Readonly<Record<(typeof names)[number], string>>

/** @param asked the value of a name, in the address or in a posted form */
export function launchFormOf(asked: (name: string) => unknown): LaunchForm {
  const text = (name: string) => String(asked(name) ?? '').trim()
  const form = Object.fromEntries(names.map((name) => [name, text(name)])) as LaunchForm
  return {
    ...form,
    from: form.from === 'app' ? 'app' : 'chart',
    fault: faults.find((fault) => fault === form.fault) ?? '',
  }
}

/** What of it stands in an address: so that the page can be asked for again, and looks the same. */
export function keptOf(form: LaunchForm): Record<string, string> {
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== ''))
}

/** The address of the simulator with what is chosen. @param flight whose trace is beside it */
export function simulatorAt(form: LaunchForm, flight?: string): string {
  const kept = { ...keptOf(form), ...(flight === undefined ? {} : { flight }) }
  return `${adminPaths.simulator}?${new URLSearchParams(kept)}`
}

/** The input of `simulateLaunch`: what was left empty is not in it. Undefined where fhirContext is no list. */
export function launchAsked(form: LaunchForm, reason: string): Record<string, unknown> | undefined {
  const { app, user, launch_uri, patient, encounter, intent, banner, style, fault, context } = form
  const read = context === '' ? { value: undefined } : parseJson(context)
  if ('problem' in read || (read.value !== undefined && !Array.isArray(read.value))) return undefined
  const given = { launch_uri, patient, encounter, intent, smart_style_url: style, fault, reason }
  return {
    client_id: app,
    user,
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== '')),
    ...(banner === 'no' ? { need_patient_banner: false } : {}),
    ...(read.value === undefined ? {} : { fhirContext: read.value }),
  }
}

/** The input of `simulateStart`. */
export function startAsked({ app, user, fault }: LaunchForm, reason: string): Record<string, unknown> {
  return { client_id: app, user, ...(fault === '' ? {} : { fault }), ...(reason === '' ? {} : { reason }) }
}
