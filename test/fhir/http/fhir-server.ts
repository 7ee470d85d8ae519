import type { Stored } from '../../../src/fhir/store/bulk.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { registerBackend, token as tokenOf } from '../../support/oauth.ts'
import { engine, startServer, type TestServer } from '../../support/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test looks into JSON as it comes
export type Json = any

/** What came back, with its body read. */
export type Answer = { status: number; headers: Headers; text: string; body: Json }

/** A real server with some resources and a token of a backend service. */
export type FhirServer = TestServer & {
  token: string
  /** Stores more resources, or new versions of them. */
  store(resources: readonly object[]): Promise<void>
  /** A token of the same client with other scopes. */
  tokenFor(scope: string): Promise<string>
  /** Sends a request with the token; `path` follows the FHIR base. */
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  send(path: string, init?: RequestInit & { headers?: Record<string, string> }): Promise<Answer>
  /** Sends a body as FHIR JSON; a text goes as it is. */
  submit(
    method: string,
    path: string,
    body: object | string,
    headers?: Record<string, string>,
  ): Promise<Answer>
  /** Searches, and expects an answer. @returns the ids of the matches, in their order */
  found(path: string): Promise<string[]>
  /** The same, sorted by id: where the order is no part of the question. */
  ids(path: string): Promise<string[]>
}

/**
 * Starts a server on the engine of this run and puts resources in.
 * @param scope of the token that requests carry
 */
export async function fhirServer(
  resources: readonly object[] = [],
  { scope = 'system/*.rs', ...options }: { scope?: string } & Parameters<typeof startServer>[0] = {},
): Promise<FhirServer> {
  const server = await startServer({ engine, ...options })
  const fhirStore = await fhirStoreOf(server.house)
  const backend = await registerBackend(server, { scope: 'system/*.cruds' })
  const store = async (more: readonly object[]): Promise<void> => {
    await fhirStore.write(more as readonly Stored[])
  }
  await store(resources)

  const tokenFor = (wanted: string) => tokenOf(server, backend, { scope: wanted })
  const token = await tokenFor(scope)

  async function send(
    path: string,
    { headers, ...init }: RequestInit & { headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const address = path.startsWith('http') ? path : `${server.fhir}${path === '' ? '' : `/${path}`}`
    const response = await fetch(address, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...headers },
    })
    return await answerOf(response)
  }
  const get: FhirServer['get'] = (path, headers = {}) => send(path, { headers })
  const submit: FhirServer['submit'] = (method, path, body, headers = {}) =>
    send(path, {
      method,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/fhir+json', ...headers },
    })
  async function found(path: string): Promise<string[]> {
    const { status, text, body } = await get(path)
    if (status !== 200) throw new Error(`${path}: ${status} ${text}`)
    return matchesOf(body)
  }
  return {
    ...server,
    token,
    store,
    tokenFor,
    get,
    send,
    submit,
    found,
    ids: async (path) => (await found(path)).sort(),
  }
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text()
  const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson ? JSON.parse(text) : undefined,
  }
}

/** The ids of a searchset's matches. */
export function matchesOf(bundle: Json): string[] {
  return entriesOf(bundle, 'match').map((resource) => resource.id)
}

/** `Type/id` of what a searchset brings along, sorted. */
export function includedIn(bundle: Json): string[] {
  return entriesOf(bundle, 'include')
    .map((resource) => `${resource.resourceType}/${resource.id}`)
    .sort()
}

function entriesOf(bundle: Json, mode: string): Json[] {
  return (bundle.entry ?? [])
    .filter((entry: Json) => entry.search.mode === mode)
    .map((entry: Json) => entry.resource)
}

/** A searchset's link, if it has it. */
export function linkOf(bundle: Json, relation: string): string | undefined {
  return bundle.link.find((link: Json) => link.relation === relation)?.url
}

/** What an answer says when it refuses: status and issue code, so that a test compares both at once. */
export function refusal({ status, body }: Answer): [number, string] {
  return [status, body?.issue?.[0]?.code]
}
