import { X509Certificate } from 'node:crypto'
import { type KeyReport, reportKeys } from '../../../clients/key-report.ts'
import { asKeySet } from '../../../clients/key-set.ts'
import type { ClientMetadata } from '../../../clients/metadata.ts'
import { type Certificate, readCertificate } from '../../../clients/x509.ts'
import { parseJson } from '../../../lib/json.ts'
import type { FormWithFiles } from '../../upload.ts'

/** With what an app proves who it is, and where its keys come from. */
export const keySources = ['secret', 'url', 'keys', 'certificate'] as const
export type KeySource = (typeof keySources)[number]

/** The fields as they were posted: a file stands in the text of its field. */
export type KeyFields = { from: KeySource; jwks_uri: string; jwks: string; x509: string }

/** What the fields hold, looked at before anything is saved. */
export type Looked =
  | { what: 'keys'; report: KeyReport }
  | { what: 'certificate'; certificate: Certificate }
  | { what: 'unreadable'; field: 'jwks' | 'x509' }

export function keyFieldsOf(metadata: ClientMetadata): KeyFields {
  const { jwks_uri = '', jwks, x509 } = metadata
  const from =
    metadata.token_endpoint_auth_method === 'client_secret_basic'
      ? 'secret'
      : x509 !== undefined
        ? 'certificate'
        : jwks !== undefined
          ? 'keys'
          : 'url'
  return { from, jwks_uri, jwks: '', x509: '' }
}

/** Reads `from`, `jwks_uri`, `jwks` and `x509`, the last two as text or as the file of that name. */
export function postedKeyFields({ form, files }: FormWithFiles): KeyFields {
  const text = (name: string) => (form.get(name) ?? '').trim()
  const jwks = files.get('jwks_file')?.content.toString('utf8') ?? text('jwks')
  const certificate = files.get('x509_file')?.content
  return {
    from: keySources.find((source) => source === form.get('from')) ?? 'url',
    jwks_uri: text('jwks_uri'),
    jwks,
    x509: certificate === undefined ? text('x509') : pemOf(certificate),
  }
}

/** The members of metadata that the fields say, in place of those that were there. */
export function keyMembers({ from, jwks_uri, jwks, x509 }: KeyFields): Record<string, unknown> {
  const signed = { token_endpoint_auth_method: 'private_key_jwt' }
  switch (from) {
    case 'secret':
      return { token_endpoint_auth_method: 'client_secret_basic' }
    case 'url':
      return { ...signed, jwks_uri }
    case 'certificate':
      return { ...signed, x509 }
    case 'keys': {
      const read = parseJson(jwks)
      return { ...signed, jwks: 'value' in read ? onlyUsable(asKeySet(read.value)) : {} }
    }
  }
}

/** Metadata with these members for the keys, and no others. */
export function withKeys(metadata: ClientMetadata, fields: KeyFields): Record<string, unknown> {
  const { jwks: _jwks, jwks_uri: _uri, x509: _x509, ...rest } = metadata
  return { ...rest, ...keyMembers(fields) }
}

/** Looks at what was given, key by key; nothing of an address, which is fetched when it is used. */
export function look({ from, jwks, x509 }: KeyFields): Looked | undefined {
  if (from === 'keys') {
    const read = parseJson(jwks)
    const report = 'value' in read ? reportKeys(asKeySet(read.value)) : undefined
    return report === undefined ? { what: 'unreadable', field: 'jwks' } : { what: 'keys', report }
  }
  if (from !== 'certificate') return undefined
  try {
    return { what: 'certificate', certificate: readCertificate(x509) }
  } catch {
    return { what: 'unreadable', field: 'x509' }
  }
}

/**
 * The set without keys that are of no use here, as the page that was looked at says. Of one with private keys these
 * stay alone, so that the register refuses it for nothing else.
 */
function onlyUsable(value: unknown): unknown {
  const report = reportKeys(value)
  if (report === undefined) return value
  const kept = report.hasPrivate ? 'private' : undefined
  const { keys } = value as { keys: unknown[] }
  return { keys: keys.filter((_, index) => report.keys[index]?.problem === kept) }
}

/** PEM or DER, as PEM; what is neither stays what it is. */
function pemOf(content: Buffer): string {
  const text = content.toString('utf8')
  if (text.includes('-----BEGIN')) return text
  try {
    return new X509Certificate(content).toString()
  } catch {
    return 'not a certificate'
  }
}
