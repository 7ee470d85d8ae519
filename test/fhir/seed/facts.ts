import { hospital } from '../../../src/fhir/seed/hospital.ts'
import type { Resource } from '../../../src/fhir/seed/resource.ts'

export const ANCHOR = '2026-11-21'

/** The demo's hospital on the day of the drawings. */
export const RESOURCES: readonly Resource[] = [...hospital({ patients: 100, anchor: ANCHOR })]

export function ofType(type: string, resources = RESOURCES): readonly Resource[] {
  return resources.filter((resource) => resource.resourceType === type)
}

/** Calls `see` with every value in a resource and the path to it, elements of lists by `[]`. */
export function walk(value: unknown, see: (value: unknown, path: string) => void, path = ''): void {
  see(value, path)
  if (Array.isArray(value)) for (const item of value) walk(item, see, `${path}[]`)
  else if (value !== null && typeof value === 'object') {
    for (const [key, inner] of Object.entries(value)) walk(inner, see, path ? `${path}.${key}` : key)
  }
}

/** All strings at a path such as `category[].coding[].code`. */
export function stringsAt(resource: Resource, wanted: string): string[] {
  const found: string[] = []
  walk(resource, (value, path) => {
    if (path === wanted && typeof value === 'string') found.push(value)
  })
  return found
}

/** The patient a resource is about, as `Patient/id`. */
export function aboutWhom(resource: Resource): string | undefined {
  if (resource.resourceType === 'Patient') return `Patient/${resource.id}`
  for (const key of ['subject', 'patient', 'beneficiary']) {
    const reference = resource[key] as { reference: string } | undefined
    if (reference?.reference.startsWith('Patient/')) return reference.reference
  }
  return undefined
}
