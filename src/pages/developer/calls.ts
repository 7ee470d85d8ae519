import type { Words } from '../words/en.ts'

/** A call of the FHIR server, as the OpenAPI document has it. */
export type Call = {
  method: string
  path: string
  what: string
  /** A line for a shell, with the token in a variable. */
  curl: string
  /** What is sent, as JSON text. */
  body: string | undefined
  parameters: readonly { name: string; place: string; description: string }[]
}

type Parameter = { name: string; in: string; description: string }
type Operation = {
  summary: string
  operationId?: string
  parameters?: readonly Parameter[]
  requestBody?: { content: Readonly<Record<string, { example?: unknown }>> }
}
type Path = { parameters?: readonly Parameter[] } & Readonly<Partial<Record<Method, Operation>>>
const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
type Method = (typeof methods)[number]

/**
 * All calls that a document tells of, in its order.
 * @param document of one resource type (fhir/openapi)
 */
export function callsIn(document: object, fhirBase: string, { developer }: Words): Call[] {
  const { paths } = document as { paths: Readonly<Record<string, Path>> }
  return Object.entries(paths).flatMap(([path, { parameters: shared = [], ...operations }]) =>
    methods.flatMap((method) => {
      const operation = operations[method]
      if (operation === undefined) return []
      const { summary, operationId = '', parameters = [], requestBody } = operation
      const [kind] = /^[a-z]+/.exec(operationId) ?? []
      return {
        method: method.toUpperCase(),
        path,
        what: developer.explorer.calls[kind ?? ''] ?? summary,
        ...sent(method, path, fhirBase, requestBody),
        parameters: [...shared, ...parameters].map(({ in: place, ...rest }) => ({ place, ...rest })),
      }
    }),
  )
}

const patch = [{ op: 'replace', path: '/language', value: 'en' }]

function sent(
  method: Method,
  path: string,
  fhirBase: string,
  requestBody: Operation['requestBody'],
): Pick<Call, 'curl' | 'body'> {
  const url = `${fhirBase}${path === '/' ? '' : path.replace('{id}', '$ID')}`
  const [type, { example = patch } = {}] = Object.entries(requestBody?.content ?? {})[0] ?? []
  const options = [
    ...(method === 'get' ? [] : [`-X ${method.toUpperCase()}`]),
    ...(path === '/metadata' ? [] : ['-H "Authorization: Bearer $TOKEN"']),
    ...(type === undefined ? [] : [`-H 'Content-Type: ${type}'`, '-d @body.json']),
  ]
  return {
    curl: ['curl', ...options, `"${url}"`].join(' '),
    body: type === undefined ? undefined : JSON.stringify(example, null, 2),
  }
}
