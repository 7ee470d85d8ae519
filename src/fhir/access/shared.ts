import type { Authority } from '../../smart/permit.ts'
import { has, isResourceScope, type ResourceScope } from '../../smart/scope.ts'

/**
 * Types in no one's record that records refer to. With a patient/ scope they are seen only where a visible
 * resource of the patient's record refers to them, one step away (ENF-04). Types that are neither in a record nor
 * here (Group, Task, Binary, terminology …) cannot be reached with patient/ scopes at all.
 */
export const sharedTypes: ReadonlySet<string> = new Set([
  'Endpoint',
  'HealthcareService',
  'Location',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Questionnaire',
  'Substance',
])

/** `named`: a scope must name the type of a shared resource; `always`: it need not. */
export type SharedResources = 'named' | 'always'

/** As if there were a scope for each shared type, with the letters that the patient/ scopes have for others. */
export function withSharedTypes(authority: Authority): Authority {
  const held = authority.scopes.filter(isResourceScope).filter(({ level }) => level === 'patient')
  const letters = (['r', 's'] as const).filter((letter) => held.some((scope) => has(scope, letter))).join('')
  if (letters === '') return authority
  const implied = [...sharedTypes].map((type): ResourceScope => {
    return { kind: 'resource', level: 'patient', type, letters, where: [], v1: false, prefix: '' }
  })
  return { ...authority, scopes: [...authority.scopes, ...implied] }
}
