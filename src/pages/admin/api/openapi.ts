import { z } from 'zod'
import { documentOf } from '../operations/documented.ts'
import { fileTypesOf, type Operation } from '../operations/operation.ts'

type Json = Record<string, unknown>
type Entry = { tag: string; operation: Operation }

const problem = {
  description: 'Refused; what is wrong, and with which member',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
}

/**
 * The OpenAPI 3.1 document of the admin API, made from the schemas that check its input.
 * @param base the address of the API
 */
export function openApiOf(operations: readonly Entry[], base: string): Json {
  const schemas: Record<string, Json> = { Problem: problemSchema }
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
      io,
      unrepresentable: 'any',
      override({ zodSchema, jsonSchema }) {
        const shown = documentOf(zodSchema)
        if (shown === undefined) return
        schemas[shown.name] ??= schemaOf(shown.schema, 'input')
        for (const member of Object.keys(jsonSchema)) delete jsonSchema[member]
        jsonSchema.$ref = `#/components/schemas/${shown.name}`
      },
    }) as Json
    return json
  }
  const paths: Record<string, Json> = {}
  for (const { tag, operation } of operations) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: operationOf(tag, operation, schemaOf),
    }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Lanyard admin API',
      version: '1',
      description:
        'What the console does, for scripts. Call it with an access token that holds `__admin` (all) or `__auditor` (see only), or from a page of the console with its session and the header `X-CSRF-Token`.',
    },
    servers: [{ url: base }],
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } }, schemas },
  }
}

const problemSchema = {
  type: 'object',
  description: 'RFC 9457',
  properties: {
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    reason: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, message: { type: 'string' } },
      },
    },
    reference: { type: 'string' },
  },
}

function operationOf(
  tag: string,
  { name, method, path, summary, needs, input, output, status = 200 }: Operation,
  schemaOf: (schema: z.ZodType, io: 'input' | 'output') => Json,
): Json {
  const { properties = {}, required = [] } = schemaOf(input, 'input') as {
    properties?: Record<string, Json>
    required?: string[]
  }
  const inPath = placesIn(path)
  const rest = Object.entries(properties).filter(
    ([member]) => !inPath.includes(member) && member !== 'version',
  )
  const hasBody = !asQuery(method)
  const parameter = (place: string, member: string, schema: Json | undefined, needed: boolean) => ({
    name: member,
    in: place,
    required: needed,
    schema: schema ?? {},
  })
  return {
    operationId: name,
    tags: [tag],
    summary,
    'x-right': needs,
    parameters: [
      ...inPath.map((member) => parameter('path', member, properties[member], true)),
      ...('version' in properties
        ? [parameter('header', 'If-Match', { type: 'string', description: 'The ETag that was seen.' }, true)]
        : []),
      ...(hasBody
        ? []
        : rest.map(([member, schema]) => parameter('query', member, schema, required.includes(member)))),
    ],
    ...(hasBody && rest.length > 0
      ? {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: {
                  type: 'object',
                  properties: Object.fromEntries(rest),
                  required: rest.map(([member]) => member).filter((member) => required.includes(member)),
                },
              },
            },
          },
        }
      : {}),
    responses: {
      [status]:
        status === 204
          ? { description: 'Done' }
          : { description: 'Done', content: contentOf(output, schemaOf) },
      default: problem,
    },
  }
}

function contentOf(output: z.ZodType, schemaOf: (schema: z.ZodType, io: 'output') => Json): Json {
  const types = fileTypesOf(output)
  if (types === undefined) return { 'application/json': { schema: schemaOf(output, 'output') } }
  return Object.fromEntries(types.map((type) => [type, { schema: { type: 'string' } }]))
}

/** The members of the input that stand in the path. */
export function placesIn(path: string): string[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, member = '']) => member)
}

/** Whether the rest of the input is the query, and not a body. */
export function asQuery(method: Operation['method']): boolean {
  return method === 'get' || method === 'delete'
}
