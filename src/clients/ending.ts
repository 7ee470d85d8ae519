import { X509Certificate } from 'node:crypto'
import { changeVersion } from '../store/changes.ts'
import type { Database } from '../store/database.ts'
import type { Client } from './client.ts'
import type { PublicKey } from './key-set.ts'

/** What an app authenticates with and what has an end. */
export type Ending = {
  what: 'certificate' | 'key'
  /** The `kid` of a key, the thumbprint of a certificate. */
  name: string
  /** Milliseconds since 1970. */
  end: number
  alg: string
}

/** The credentials of a client that say when they end. */
export function endingsOf({ metadata }: Pick<Client, 'metadata'>): Ending[] {
  const { x509, jwks } = metadata
  return [
    ...(x509 === undefined
      ? []
      : [
          {
            what: 'certificate' as const,
            name: x509.thumbprint,
            end: x509.not_after,
            alg: algorithmOf(x509.jwk),
          },
        ]),
    ...(jwks?.keys ?? []).flatMap((key) => {
      const end = endOf(key)
      return end === undefined ? [] : [{ what: 'key' as const, name: key.kid, end, alg: algorithmOf(key) }]
    }),
  ]
}

/** When a key ends, in milliseconds: by its certificate (RFC 7517 §4.7), or by the `exp` that some sets have. */
export function endOf(key: PublicKey): number | undefined {
  const { exp, x5c } = key as { exp?: unknown; x5c?: unknown }
  if (typeof exp === 'number') return exp * 1000
  if (!Array.isArray(x5c) || typeof x5c[0] !== 'string') return undefined
  try {
    const end = Date.parse(new X509Certificate(Buffer.from(x5c[0], 'base64')).validTo)
    return Number.isNaN(end) ? undefined : end
  } catch {
    return undefined
  }
}

/** What an assertion by this key is signed with (CAUTH-10). */
export function algorithmOf(key: PublicKey): string {
  return key.alg ?? (key.kty === 'RSA' ? 'RS384' : 'ES384')
}

/**
 * The credentials of active clients that end, soonest first; read again only when the register changed.
 * @param list all clients
 */
export function endingCredentials(db: Database, list: () => Promise<Client[]>) {
  let known: { version: number; endings: (Ending & { clientId: string; clientName: string })[] } | undefined

  /** @param until milliseconds: what ends before */
  return async function ending(until: number) {
    const version = await changeVersion(db, 'client')
    if (known?.version !== version) {
      const active = (await list()).filter(({ status }) => status === 'active')
      const endings = active.flatMap((client) =>
        endingsOf(client).map((one) => ({
          ...one,
          clientId: client.id,
          clientName: client.metadata.client_name,
        })),
      )
      known = { version, endings: endings.toSorted((a, b) => a.end - b.end) }
    }
    return known.endings.filter(({ end }) => end < until)
  }
}
