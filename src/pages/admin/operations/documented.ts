import { z } from 'zod'

/** Schemas that are read behind the door of an operation, by a register: the OpenAPI document shows them instead. */
const documents = new WeakMap<object, { name: string; schema: z.ZodType }>()

/**
 * A JSON object that a register reads; its own schema stands in the OpenAPI document.
 * @param name of the schema there
 */
export function documentedBy(name: string, schema: z.ZodType) {
  const object = z.record(z.string(), z.unknown())
  documents.set(object, { name, schema })
  return object
}

/** The schema that documents another, if there is one. */
export function documentOf(schema: object): { name: string; schema: z.ZodType } | undefined {
  return documents.get(schema)
}
