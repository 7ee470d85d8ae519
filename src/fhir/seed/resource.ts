/** One FHIR R4 resource as JSON. Its parts may be shared with other resources: never change them in place. */
export type Resource = { resourceType: string; id: string } & Record<string, unknown>
