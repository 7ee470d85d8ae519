import type { Selectable } from 'kysely'
import { equalInConstantTime, sha256 } from '../lib/id.ts'
import type { Tables } from '../store/tables.ts'
import type { ClientMetadata } from './metadata.ts'

export type ClientOrigin = Tables['client']['origin']

/** What kind of app it is: it decides how it proves who it is, and which fields fit. */
export const clientKinds = ['browser', 'server', 'native', 'service'] as const
export type ClientKind = (typeof clientKinds)[number]

/** Only an active client gets anything; one that waits has never been active. */
export const clientStatuses = ['active', 'waiting', 'refused', 'disabled'] as const
export type ClientStatus = (typeof clientStatuses)[number]

/** A registered client. */
export type Client = {
  id: string
  metadata: ClientMetadata
  status: ClientStatus
  origin: ClientOrigin
  hasSecret: boolean
  /** SHA-256 of the secret; the secret itself is known to the client only. */
  secretHash: string | undefined
  /** The secret before, and until when it is good too (milliseconds). */
  previousSecret: { hash: string; until: number } | undefined
  /** The standing permission that tokens of a backend service carry; a new one ends them all. */
  grantId: string
  /** Names our copy of its logo. */
  logo: string | undefined
  /** The account of the developer who registered it. */
  ownerUser: string | undefined
  /** Counts its changes. */
  version: number
  created: number
  updated: number
}

/** True for a client that authenticates by a secret, and so needs to have one. */
export function usesSecret(metadata: ClientMetadata): boolean {
  return metadata.token_endpoint_auth_method === 'client_secret_basic'
}

/**
 * Compares a secret with a client's, and with the one before while that is good; false for a client that has none.
 * @param now milliseconds
 */
export function secretMatches(client: Client, secret: string, now: number): boolean {
  const { secretHash, previousSecret } = client
  const before = previousSecret !== undefined && now < previousSecret.until ? previousSecret.hash : undefined
  return [secretHash, before].some((hash) => hash !== undefined && equalInConstantTime(sha256(secret), hash))
}

/** Which kind of app metadata is of. */
export function kindOf(metadata: ClientMetadata): ClientKind {
  if (!metadata.grant_types.includes('authorization_code')) return 'service'
  if (metadata.token_endpoint_auth_method !== 'none') return 'server'
  return metadata.application_type === 'native' ? 'native' : 'browser'
}

/** The columns that follow from metadata. */
export function columnsOf(id: string, metadata: ClientMetadata) {
  return {
    metadata: JSON.stringify({ ...metadata, client_id: id }),
    name: metadata.client_name.toLowerCase(),
    owner: (metadata.owner ?? '').toLowerCase(),
    kind: kindOf(metadata),
  }
}

export function clientOf(row: Selectable<Tables['client']>): Client {
  const { previous_secret_hash: hash, previous_secret_until: until } = row
  return {
    id: row.client_id,
    metadata: JSON.parse(row.metadata) as ClientMetadata,
    status: row.status === 'active' ? 'active' : (row.review ?? 'disabled'),
    origin: row.origin,
    hasSecret: row.secret_hash !== null,
    secretHash: row.secret_hash ?? undefined,
    previousSecret: hash === null || until === null ? undefined : { hash, until },
    grantId: row.grant_id,
    logo: row.logo ?? undefined,
    ownerUser: row.owner_user ?? undefined,
    version: row.version,
    created: row.created,
    updated: row.updated,
  }
}

/** Metadata as its author writes it: what is kept of a certificate was read from its PEM. */
export function asInput(metadata: ClientMetadata): Record<string, unknown> {
  return metadata.x509 === undefined ? metadata : { ...metadata, x509: metadata.x509.pem }
}

/** What the audit keeps of a client: its metadata, with keys and certificates by their names. */
export function toldOf({ metadata, status }: Pick<Client, 'metadata' | 'status'>): Record<string, unknown> {
  const { x509, jwks, ...rest } = metadata
  return {
    ...rest,
    ...(jwks === undefined ? {} : { jwks: jwks.keys.map(({ kid }) => kid) }),
    ...(x509 === undefined ? {} : { x509: x509.thumbprint }),
    status,
  }
}
