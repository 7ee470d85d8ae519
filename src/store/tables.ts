import type { Generated } from 'kysely'

/** JSON text; SQLite and PostgreSQL hold it as plain text, so that it comes back byte for byte. */
type Json = string
/** Milliseconds since 1970. */
type Milliseconds = number

export type Tables = {
  signing_key: {
    kid: string
    alg: 'ES256' | 'RS256'
    state: 'next' | 'current' | 'previous'
    /** The private JWK, sealed (keys/seal.ts). */
    private_sealed: string
    public_jwk: Json
    created: Milliseconds
    /** When it entered its present state. */
    since: Milliseconds
  }
  client: {
    client_id: string
    metadata: Json
    secret_hash: string | null
    status: 'active' | 'disabled'
    /** Who put it there: a command, the configuration folder (whose file may be gone since), the demo. */
    origin: 'command' | 'config' | 'config-gone' | 'demo'
    /** Names the standing permission of a backend service: its tokens live as long as this id does. */
    grant_id: string
    created: Milliseconds
    updated: Milliseconds
  }
  launch_grant: {
    grant_id: string
    client_id: string
    user_id: string | null
    scope: string
    context: Json
    created: Milliseconds
    expires: Milliseconds
    revoked: Milliseconds | null
  }
  /** Access tokens that are not JWTs, by their hash. */
  opaque_token: { token_hash: string; claims: Json; expires: Milliseconds }
  /** Access tokens that were revoked before they expired. */
  denied_token: { jti: string; expires: Milliseconds }
  /** Assertions that were used: the primary key makes a replay impossible on all nodes. */
  used_assertion: { client_id: string; jti: string; expires: Milliseconds }
  audit: {
    seq: Generated<number>
    at: Milliseconds
    event: string
    outcome: 'success' | 'refused' | 'error'
    reason: string | null
    client_id: string | null
    user_id: string | null
    patient: string | null
    token_id: string | null
    request_id: string | null
    detail: Json | null
  }
  /** Counts the changes of a register, so that other processes notice (store/changes.ts). */
  change: { name: string; version: number }

  fhir_type: { id: Generated<number>; name: string }
  fhir_param: { id: Generated<number>; type: number; code: string }
  fhir_system: { id: Generated<number>; uri: string }
  fhir_meta: { name: string; value: string }
  resource: {
    rid: Generated<number>
    type: number
    id: string
    version: number
    updated: Milliseconds
    state: 0 | 1 | 2
    body: string | null
  }
  history: {
    rid: number
    version: number
    updated: Milliseconds
    method: string
    body: string | null
  }
  ix_token: { sp: number; code: string; rid: number; sys: number }
  ix_text: { rid: number; sp: number; norm: string }
  ix_string: { sp: number; norm: string; rid: number; raw: string }
  ix_date: { sp: number; lo: number; hi: number; rid: number }
  ix_ref: { sp: number; target: number; rid: number }
  ix_uri: { sp: number; value: string; rid: number }
  ix_quantity: { sp: number; lo: number; hi: number; rid: number; sys: number; code: string; unit: string }
  ix_pair: {
    sp: number
    a_sys: number
    a_code: string
    b_kind: number
    b_sys: number
    b_code: string
    b_lo: number
    b_hi: number
    rid: number
  }
  compartment: { patient: number; type: number; rid: number }
}
