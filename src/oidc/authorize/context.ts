import { type ContextNeeds, contextNeeds } from '../../smart/context-needs.ts'
import type { LaunchContext } from '../../smart/launch-context.ts'
import type { UserReach } from '../../smart/permit.ts'
import type { Scope } from '../../smart/scope.ts'

/** What the user has chosen so far; an empty text says "none of them". */
export type Chosen = { patient?: string; encounter?: string; items?: Readonly<Record<string, string>> }

/** The context as far as it is known, and what is still to be chosen, or why there can be none. */
export type ResolvedContext =
  | { context: LaunchContext }
  | { missing: 'patient' | 'encounter' | 'item'; type?: string; context: LaunchContext }
  | { refused: 'no-patient' | 'context-not-visible' }

/** True if this user may see a resource, and it belongs to the patient where it belongs to any (CTX-10). */
export type Visible = (who: UserReach, reference: string, patient?: string) => Promise<boolean>

type Facts = {
  asked: readonly Scope[]
  /** What the EHR handed over. */
  launch: LaunchContext | undefined
  chosen: Chosen
  who: UserReach
}

/**
 * The launch context of a request: from the EHR's launch, from who the user is, from what the user chose. Nothing
 * enters that the user may not see.
 */
export async function resolveContext(
  { asked, launch, chosen, who }: Facts,
  visible: Visible,
): Promise<ResolvedContext> {
  const needs = contextNeeds(asked, launch !== undefined)
  const context: LaunchContext = { ...launch }
  if (needs.patient && context.patient === undefined) {
    const only = who.patients !== 'all' && who.patients.length === 1 ? who.patients[0] : undefined
    const patient = chosen.patient ?? only
    // STAND-05: nobody whose record it could be.
    if (patient === undefined && who.patients !== 'all' && who.patients.length === 0)
      return { refused: 'no-patient' }
    if (patient === undefined) return { missing: 'patient', context }
    context.patient = patient
  }
  if (!(await allVisible(context, who, visible))) return { refused: 'context-not-visible' }
  return await withChosenItems(context, needs, chosen, who, visible)
}

async function withChosenItems(
  context: LaunchContext,
  needs: ContextNeeds,
  chosen: Chosen,
  who: UserReach,
  visible: Visible,
): Promise<ResolvedContext> {
  if (needs.encounter) {
    const { encounter } = chosen
    if (encounter === undefined) return { missing: 'encounter', context }
    if (encounter !== '') {
      if (!(await visible(who, `Encounter/${encounter}`, context.patient)))
        return { refused: 'context-not-visible' }
      context.encounter = encounter
    }
  }
  for (const { type, role } of needs.others) {
    const reference = chosen.items?.[type]
    if (reference === undefined) return { missing: 'item', type, context }
    if (reference === '') continue
    // A form can be forged; CTX-05.
    if (typeIn(reference) !== type) return { refused: 'context-not-visible' }
    if (!(await visible(who, reference, context.patient))) return { refused: 'context-not-visible' }
    const item = role === undefined ? { reference } : { reference, role }
    context.fhirContext = [...(context.fhirContext ?? []), item]
  }
  return { context }
}

/** Whether that what a scope asks to be in context is there; if it is not, the scope is not granted (STAND-05). */
export function isInContext(scope: Scope, { patient, encounter, fhirContext = [] }: LaunchContext): boolean {
  if (scope.kind !== 'context' || scope.type === '') return true
  if (scope.type === 'patient') return patient !== undefined
  if (scope.type === 'encounter') return encounter !== undefined
  return fhirContext.some(
    ({ type, reference = '' }) => (type?.toLowerCase() ?? typeIn(reference)) === scope.type,
  )
}

/** As `launch/<type>` writes it. */
function typeIn(reference: string): string | undefined {
  return reference.split('/')[0]?.toLowerCase()
}

/** What the EHR has set is looked at again: the user's reach may have become less since. */
async function allVisible(context: LaunchContext, who: UserReach, visible: Visible): Promise<boolean> {
  const { patient, encounter, fhirContext = [] } = context
  const references = [
    ...(patient === undefined ? [] : [`Patient/${patient}`]),
    ...(encounter === undefined ? [] : [`Encounter/${encounter}`]),
    ...fhirContext.flatMap(({ reference }) => reference ?? []),
  ]
  for (const reference of references) {
    const of = reference.startsWith('Patient/') ? undefined : patient
    if (!(await visible(who, reference, of))) return false
  }
  return true
}
