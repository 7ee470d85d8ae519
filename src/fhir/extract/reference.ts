import type { Emitter } from './rows.ts'
import { emitIdentifierValue } from './token.ts'
import { emitCanonical, emitUri, withoutVersion } from './uri.ts'
import { isElement, isText } from './values.ts'

/** What makes a reference local: the server's own FHIR base, and the types that exist. */
export type Home = {
  /** Without a slash at its end: `https://ehr.example/fhir`. */
  base: string
  isResourceType(name: string): boolean
}

type Local = { type: string; id: string }

/**
 * References to resources of this server, however written, become a type and an id; those to elsewhere
 * become URIs; a logical reference becomes the token of its identifier. `target` lets only that type through.
 */
export function createReferenceEmitters(home: Home, target?: string) {
  const wanted = (type: unknown): boolean => target === undefined || type === undefined || type === target

  const emitReference: Emitter = (value, param, rows) => {
    if (!isElement(value)) return
    const { reference, type, identifier } = value
    const local = localOf(reference, home)
    if (local) {
      if (wanted(local.type)) rows.push({ kind: 'reference', param, ...local })
    } else if (isText(reference) && ABSOLUTE.test(reference)) {
      const elsewhere = reference.replace(VERSION, '')
      if (wanted(typeIn(elsewhere, home) ?? type)) emitUri(elsewhere, param, rows)
    }
    if (wanted(local?.type ?? type)) emitIdentifierValue(identifier, param, rows)
  }

  /** A canonical or plain URI; some name a resource of this server by its address. */
  const emitUriReference: Emitter = (value, param, rows) => {
    const local = localOf(withoutVersion(value), home)
    if (local && wanted(local.type)) rows.push({ kind: 'reference', param, ...local })
    if (isText(value) && !value.startsWith('#')) emitCanonical(value, param, rows)
  }

  /** A resource inside a Bundle: the parameter points to the resource itself. */
  const emitResource: Emitter = (value, param, rows) => {
    if (!isElement(value)) return
    const local = localOf(`${value.resourceType}/${value.id}`, home)
    if (local && wanted(local.type)) rows.push({ kind: 'reference', param, ...local })
  }

  return { emitReference, emitUriReference, emitResource }
}

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:/i
const VERSION = /\/_history\/[A-Za-z0-9\-.]{1,64}$/
const LOCAL = /^([A-Z][A-Za-z]*)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/
const ADDRESS = /\/([A-Z][A-Za-z]*)\/[A-Za-z0-9\-.]{1,64}$/

/** The resource of this server that a reference names, if it names one. */
export function localOf(reference: unknown, home: Home): Local | undefined {
  if (!isText(reference)) return undefined
  const own = reference.startsWith(home.base) && reference[home.base.length] === '/'
  const match = LOCAL.exec(own ? reference.slice(home.base.length + 1) : reference)
  if (!match) return undefined
  const [, type = '', id = ''] = match
  return home.isResourceType(type) ? { type, id } : undefined
}

/** The type that an address elsewhere shows: `https://other.example/fhir/Patient/1`. */
function typeIn(address: string, home: Home): string | undefined {
  const type = ADDRESS.exec(address)?.[1]
  return type !== undefined && home.isResourceType(type) ? type : undefined
}
