import type { Endpoints } from '../../smart/discovery.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { SearchParameter } from '../definitions/types.ts'
import { answeredSearchParameters, restInteractions } from '../http/capability.ts'
import { exampleOf } from './example.ts'
import { type Schema, schemasOf } from './schemas.ts'

type Json = Readonly<Record<string, unknown>>
export type OpenApi = { readonly openapi: '3.1.0' } & Json

type Facts = { endpoints: Endpoints; scopes: readonly string[] }

const FHIR_JSON = 'application/fhir+json'

/**
 * The FHIR server as an OpenAPI 3.1 document, from the definitions that do the work and make the
 * CapabilityStatement.
 * @param types the resource types to describe: all 146 make a document of some megabytes
 */
export function openApiOf(
  definitions: Definitions,
  types: readonly string[],
  { endpoints, scopes }: Facts,
): OpenApi {
  return {
    openapi: '3.1.0',
    info: { title: 'FHIR R4', version: '4.0.1' },
    servers: [{ url: endpoints.fhirBase }],
    security: [{ smart: [] }, { apiKey: [] }],
    tags: types.map((name) => ({ name })),
    paths: {
      ...Object.assign({}, ...types.map((type) => pathsOf(definitions, type))),
      '/': { post: bundle },
      '/metadata': { get: { ...operation('System', 'What this server can do', []), security: [] } },
    },
    components: {
      schemas: schemasOf(definitions, [...types, 'Bundle', 'OperationOutcome']),
      securitySchemes: {
        smart: {
          type: 'oauth2',
          description: 'SMART App Launch: authorization code with PKCE',
          flows: {
            authorizationCode: {
              authorizationUrl: endpoints.authorize,
              tokenUrl: endpoints.token,
              refreshUrl: endpoints.token,
              scopes: Object.fromEntries(scopes.map((scope) => [scope, ''])),
            },
          },
        },
        apiKey: { type: 'apiKey', in: 'header', name: 'x-api-key' },
      },
    },
  }
}

const id = parameter('id', 'path', 'The id of the resource', { type: 'string' })
const ifMatch = parameter('If-Match', 'header', 'Only at this version: W/"3"', { type: 'string' })
const common: readonly Json[] = [
  parameter('_count', 'query', 'Entries on a page', { type: 'integer', minimum: 0 }),
  parameter('_sort', 'query', 'Parameters to sort by; with a minus from the end', { type: 'string' }),
  parameter('_include', 'query', 'What else to bring: what matches refer to', { type: 'string' }),
  parameter('_revinclude', 'query', 'What else to bring: what refers to matches', { type: 'string' }),
  parameter('_elements', 'query', 'Only these elements', { type: 'string' }),
  parameter('_summary', 'query', 'A part of each resource', {
    type: 'string',
    enum: ['true', 'text', 'data', 'count', 'false'],
  }),
  parameter('_total', 'query', 'Whether to count the matches', {
    type: 'string',
    enum: ['none', 'estimate', 'accurate'],
  }),
]

function pathsOf(definitions: Definitions, type: string): Json {
  const can = new Set(restInteractions(type))
  const example = { ...exampleOf(definitions, type), id: 'example' }
  const body = { requestBody: bodyOf(type, exampleOf(definitions, type)) }
  const one = answer(type, example)
  const found = (of: 'searchset' | 'history') =>
    answer('Bundle', { resourceType: 'Bundle', type: of, total: 1, entry: [{ resource: example }] })
  const only = (interaction: string, path: Json): Json => (can.has(interaction) ? path : {})
  return {
    [`/${type}`]: {
      get: {
        ...operation(
          type,
          `Search ${type}`,
          [...searchParameters(definitions, type), ...common],
          found('searchset'),
        ),
        operationId: `search${type}`,
      },
      ...only('create', {
        post: {
          ...operation(type, `Create a ${type}`, [], one, '201'),
          ...body,
          operationId: `create${type}`,
        },
      }),
    },
    [`/${type}/{id}`]: {
      parameters: [id],
      get: { ...operation(type, `Read a ${type}`, [], one), operationId: `read${type}` },
      ...only('update', {
        put: {
          ...operation(type, `Update a ${type}`, [ifMatch], one),
          ...body,
          operationId: `update${type}`,
        },
      }),
      ...only('patch', {
        patch: {
          ...operation(type, `Patch a ${type}`, [ifMatch], one),
          requestBody: { required: true, content: { 'application/json-patch+json': { schema: jsonPatch } } },
          operationId: `patch${type}`,
        },
      }),
      ...only('delete', {
        delete: {
          ...operation(type, `Delete a ${type}`, [ifMatch], undefined, '204'),
          operationId: `delete${type}`,
        },
      }),
    },
    ...only('history-instance', {
      [`/${type}/{id}/_history`]: {
        parameters: [id],
        get: {
          ...operation(type, `Versions of a ${type}`, [], found('history')),
          operationId: `history${type}`,
        },
      },
    }),
  }
}

/** RFC 6902 */
const jsonPatch: Schema = {
  type: 'array',
  items: {
    type: 'object',
    required: ['op', 'path'],
    properties: {
      op: { type: 'string', enum: ['add', 'remove', 'replace', 'move', 'copy', 'test'] },
      path: { type: 'string' },
      from: { type: 'string' },
      value: {},
    },
  },
}

/** What comes when something is refused. */
const whyNot = answer('OperationOutcome', {
  resourceType: 'OperationOutcome',
  issue: [{ severity: 'error', code: 'forbidden', diagnostics: 'This token opens nothing of this type.' }],
})

const bundle: Json = {
  ...operation(
    'System',
    'Carry out a batch or a transaction',
    [],
    answer('Bundle', {
      resourceType: 'Bundle',
      type: 'batch-response',
      entry: [{ response: { status: '200 OK' } }],
    }),
  ),
  requestBody: bodyOf('Bundle', {
    resourceType: 'Bundle',
    type: 'batch',
    entry: [{ request: { method: 'GET', url: 'Patient?_count=1' } }],
  }),
  operationId: 'bundle',
}

function searchParameters(definitions: Definitions, type: string): Json[] {
  return answeredSearchParameters(definitions, type)
    .toSorted((a, b) => Number(a.code.startsWith('_')) - Number(b.code.startsWith('_')))
    .map(({ code, type: kind, targets }: SearchParameter) =>
      parameter(
        code,
        'query',
        kind === 'reference' && targets.length < 10 ? `A reference to ${targets.join(', ')}` : `A ${kind}`,
        { type: 'string' },
      ),
    )
}

function operation(
  tag: string,
  summary: string,
  parameters: readonly Json[],
  done?: Json,
  status = '200',
): Json {
  const content = done === undefined ? {} : { content: { [FHIR_JSON]: done } }
  return {
    tags: [tag],
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: {
      [status]: { description: 'Done', ...content },
      default: {
        description: 'Why not',
        content: { [FHIR_JSON]: whyNot },
      },
    },
  }
}

/** What comes with an example: without one, pages that show the document make one up of all that FHIR nests, for seconds. */
function answer(type: string, example: unknown): Json {
  return { schema: reference(type), example }
}

function parameter(name: string, place: string, description: string, schema: Schema): Json {
  return { name, in: place, description, schema, ...(place === 'path' ? { required: true } : {}) }
}

function bodyOf(type: string, example: unknown): Json {
  return { required: true, content: { [FHIR_JSON]: answer(type, example) } }
}

function reference(type: string): Schema {
  return { $ref: `#/components/schemas/${type}` }
}
