import type { Answer, FhirServer } from './fhir-server.ts'

/** Searches Patients by POST. @param address parameters that stand in the address instead */
export async function posted(
  server: FhirServer,
  form: Record<string, string> | [string, string][],
  address: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const query = new URLSearchParams(address).toString()
  return await server.send(`Patient/_search${query === '' ? '' : `?${query}`}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
  })
}
