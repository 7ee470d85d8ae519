import { type ContextScope, isResourceScope, type Scope } from './scope.ts'

/** What must be in context before an app gets a token for these scopes (STAND-01, STAND-02, STAND-03). */
export type ContextNeeds = {
  patient: boolean
  encounter: boolean
  /** `launch/<type>` of any other type. */
  others: readonly ContextScope[]
}

/**
 * @param fromEhr whether the EHR has set the context, so that `launch/encounter` and the like are hints (EHRL-06)
 */
export function contextNeeds(asked: readonly Scope[], fromEhr: boolean): ContextNeeds {
  const context = asked.filter((scope) => scope.kind === 'context' && scope.type !== '') as ContextScope[]
  const opensPatient = asked.some((scope) => isResourceScope(scope) && scope.level === 'patient')
  const wants = (type: string) => context.some((scope) => scope.type === type)
  return {
    // An encounter is always somebody's.
    patient: opensPatient || (!fromEhr && (wants('patient') || wants('encounter'))),
    encounter: !fromEhr && wants('encounter'),
    others: fromEhr ? [] : context.filter(({ type }) => type !== 'patient' && type !== 'encounter'),
  }
}

/** Whether the EHR launched the app: the scope `launch` beside the parameter of the same name (EHRL-03). */
export function isEhrLaunch(asked: readonly Scope[]): boolean {
  return asked.some((scope) => scope.kind === 'context' && scope.type === '')
}
