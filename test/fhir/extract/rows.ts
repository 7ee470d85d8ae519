import { loadDefinitions } from '../../../src/fhir/definitions/definitions.ts'
import { createExtract } from '../../../src/fhir/extract/extract.ts'

export const extract = createExtract(loadDefinitions(), { base: 'https://ehr.example/fhir' })

/** The rows of one parameter, each as one line of text. */
export function rows(param: string, resourceType: string, content: Record<string, unknown>): string[] {
  return extract({ resourceType, ...content })
    .filter((row) => row.param === param)
    .map(({ kind, param: _, ...row }) => `${kind} ${JSON.stringify(row).replaceAll('"', '')}`)
}
