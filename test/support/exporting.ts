import type { Json } from '../fhir/http/fhir-server.ts'
import type { TestServer } from './server.ts'

type Asked = { status: number; headers: Headers; text: string; body: Json }
/** Sends a request with a token; `path` follows the FHIR base, or is a whole address. */
export type Ask = (path: string, init?: Init) => Promise<Asked>
type Init = { method?: string; body?: string; headers?: Record<string, string> }

/** What an export gave: its manifest, and every line of its files. */
export type Exported = {
  manifest: Json
  /** `Type/id` of all resources, sorted. */
  keys: string[]
  resources: Json[]
  /** `Type/id` of what was deleted, sorted. */
  deleted: string[]
  /** What was left out, in sentences. */
  notes: string[]
}

export const respondAsync = { prefer: 'respond-async', accept: 'application/fhir+json' }

/** Starts an export. @returns the address of its state */
export async function kickedOff(ask: Ask, path: string, init: Init = {}): Promise<string> {
  const { status, headers, text } = await ask(path, {
    ...init,
    headers: { ...respondAsync, ...init?.headers },
  })
  if (status !== 202) throw new Error(`${path}: ${status} ${text}`)
  return headers.get('content-location') ?? ''
}

/** Waits until no export is under way. */
export async function allEnded({ house }: Pick<TestServer, 'house'>): Promise<void> {
  for (;;) {
    const open = await house.db.kysely
      .selectFrom('export_job')
      .select('job_id')
      .where('state', 'in', ['waiting', 'running'])
      .execute()
    if (open.length === 0) return
    await new Promise((go) => setTimeout(go, 10))
  }
}

/** Exports, and reads everything that comes of it. */
export async function exported(
  server: Pick<TestServer, 'house'>,
  ask: Ask,
  path: string,
  init: Init = {},
): Promise<Exported> {
  const at = await kickedOff(ask, path, init)
  await allEnded(server)
  const { status, text, body: manifest } = await ask(at)
  try {
    if (status !== 200) throw new Error(`${path} failed: ${text}`)
    const resources = await linesOf(ask, manifest.output)
    const bundles = await linesOf(ask, manifest.deleted)
    const outcomes = await linesOf(ask, manifest.error)
    return {
      manifest,
      resources,
      keys: resources.map(({ resourceType, id }) => `${resourceType}/${id}`).sort(),
      deleted: bundles.flatMap(({ entry }) => entry.map(({ request }: Json) => request.url)).sort(),
      notes: outcomes.map(({ issue }) => issue[0].diagnostics),
    }
  } finally {
    await ask(at, { method: 'DELETE' })
  }
}

async function linesOf(ask: Ask, files: readonly Json[] = []): Promise<Json[]> {
  const texts = await Promise.all(files.map(async ({ url }) => (await ask(url)).text))
  return texts.flatMap((text) => text.trimEnd().split('\n')).map((line) => JSON.parse(line))
}

/** A kick-off by POST. */
export function posted(...parameter: readonly object[]) {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/fhir+json' },
    body: JSON.stringify({ resourceType: 'Parameters', parameter }),
  }
}
