import type { Context } from 'koa'
import { LanyardError } from '../../lib/errors.ts'
import { needsCare, parseExact } from '../../lib/exact-json.ts'
import { readBody } from '../../lib/form.ts'
import { keepSent } from './watched-call.ts'

/** Bytes of a body that is to be stored. */
const LIMIT = 16 * 1024 * 1024
/** Levels of a JSON text; resources need a few, and whoever walks through more could run out of stack. */
const DEEPEST = 64

const jsonTypes: ReadonlySet<string> = new Set([
  'application/fhir+json',
  'application/json+fhir',
  'application/json',
  'text/json',
])
const patchTypes: ReadonlySet<string> = new Set(['application/json-patch+json'])
/** The escape of U+0000, which is JSON and which no database takes as text; not `\\u0000`, which is none. */
const nul = /(?:^|[^\\])(?:\\\\)*\\u0000/

export type Json = { readonly [name: string]: unknown }
/** A JSON object; `exact` is the same with its numbers as they were written, where that makes a difference. */
export type Parsed = { value: Json; exact: Json | undefined }

/**
 * Reads a body of JSON.
 * @throws LanyardError `unsupported-media`, `too-large`, `invalid-request`
 */
export async function jsonBody(ctx: Context): Promise<Parsed> {
  refuseOtherMedia(ctx.req.headers['content-type'], jsonTypes, 'application/fhir+json')
  const { value, exact } = parse(await textBody(ctx))
  if (isJson(value)) return { value, exact: exact as Json | undefined }
  throw unreadable('The body is not a JSON object.')
}

/**
 * Reads a body of JSON Patch, its numbers as they were written.
 * @throws LanyardError as `jsonBody`
 */
export async function patchBody(ctx: Context): Promise<unknown> {
  refuseOtherMedia(ctx.req.headers['content-type'], patchTypes, 'application/json-patch+json')
  const { value, exact } = parse(await textBody(ctx))
  return exact ?? value
}

async function textBody(ctx: Context): Promise<string> {
  const bytes = await readBody(ctx.req, LIMIT)
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    keepSent(ctx, text)
    return text
  } catch {
    throw unreadable('The body is not UTF-8.')
  }
}

/** @throws LanyardError `unsupported-media` (REST-02) */
function refuseOtherMedia(
  contentType: string | undefined,
  accepted: ReadonlySet<string>,
  named: string,
): void {
  const [type = '', ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase())
  const version = parameters.map((part) => /^fhirversion="?([^"]*)"?$/.exec(part)?.[1]).find(Boolean)
  const charset = parameters.map((part) => /^charset="?([^"]*)"?$/.exec(part)?.[1]).find(Boolean)
  const isOurs =
    accepted.has(type) && /^4\.0(?:\.1)?$/.test(version ?? '4.0') && /^utf-?8$/.test(charset ?? 'utf-8')
  if (isOurs) return
  throw new LanyardError('unsupported-media', `Send FHIR 4.0 as ${named}, in UTF-8.`, {
    reason: 'media-type',
  })
}

/** @throws LanyardError `invalid-request` for what is no JSON, or none that can be stored */
function parse(text: string): { value: unknown; exact: unknown } {
  if (text.includes('\\u0000') && nul.test(text)) throw unreadable('The body holds the character U+0000.')
  if (depthOf(text) > DEEPEST) throw unreadable(`The body is nested deeper than ${DEEPEST} levels.`)
  try {
    const value = JSON.parse(text) as unknown
    return { value, exact: needsCare(text) ? parseExact(text) : undefined }
  } catch {
    throw unreadable('The body is not JSON.')
  }
}

/** How deep brackets are nested, but for those within strings. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (inString && character === '\\') index += 1
    else if (character === '"') inString = !inString
    else if (inString) continue
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth)
    else if (character === '}' || character === ']') depth -= 1
  }
  return deepest
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function unreadable(sentence: string): LanyardError {
  return new LanyardError('invalid-request', sentence, { word: 'structure', reason: 'body-unreadable' })
}
