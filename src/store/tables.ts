import type { Generated } from 'kysely'
import type { Simulation } from '../smart/fault.ts'
import type { FhirTables } from './fhir-tables.ts'

/** JSON text; SQLite and PostgreSQL hold it as plain text, so that it comes back byte for byte. */
type Json = string
/** Milliseconds since 1970. */
type Milliseconds = number

export type Tables = FhirTables & {
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
    /** Who put it there: a command, the configuration folder (whose file may be gone since), the demo, the console, a developer. */
    origin: 'command' | 'config' | 'config-gone' | 'demo' | 'console' | 'developer'
    /** Names the standing permission of a backend service: its tokens live as long as this id does. */
    grant_id: string
    created: Milliseconds
    updated: Milliseconds
    /** Counts its changes. */
    version: Generated<number>
    /** Of one that is not active: it waits for an admin, or was refused by one. */
    review: Generated<'waiting' | 'refused' | null>
    /** Good beside the present one, until then. */
    previous_secret_hash: Generated<string | null>
    previous_secret_until: Generated<Milliseconds | null>
    /** Of the metadata, in lower case. */
    name: Generated<string>
    owner: Generated<string>
    kind: Generated<'browser' | 'native' | 'server' | 'service'>
    /** The hash of its logo (client_logo). */
    logo: Generated<string | null>
    /** The account of the developer whose app it is. */
    owner_user: Generated<string | null>
  }
  /** Our copy of an app's logo: base64, and the hash by which its address names it. */
  client_logo: { client_id: string; type: string; content: string; hash: string }
  /** An admin asked the owner of an app to renew a credential, by its kid or thumbprint (clients/reminders.ts). */
  renewal_reminder: { client_id: string; credential: string; ends: Milliseconds; at: Milliseconds }
  /** When a client last got a token or an answer. */
  client_used: { client_id: string; at: Milliseconds }
  /** How often what happened in the time that begins at `at` (audit/usage.ts). */
  usage: { at: Milliseconds; client_id: string; what: string; count: number }
  /** One launch of an app by a user: what was granted, for which patient. Its tokens live as long as it does. */
  launch_grant: {
    grant_id: string
    client_id: string
    user_id: string | null
    scope: string
    /** Launch context (smart/launch-context.ts), as in the token response. */
    context: Json
    created: Milliseconds
    expires: Milliseconds
    revoked: Milliseconds | null
    session_uid: string | null
    /** Whether it has refresh tokens, and whether they outlive the session; null for none. */
    refresh: 'offline' | 'online' | null
    duration: Generated<'hour' | 'months' | 'year'>
    used: Milliseconds | null
    flight_id: string | null
    /** Of the context: a bare id. */
    patient: string | null
    /** Who stands behind it, if nobody in `account`: whom an outside server vouched for (smart/outsider.ts). */
    outsider: Json | null
    simulated: Simulation | null
  }
  /** Keys by which systems call without tokens (keys/api-key.ts). */
  api_key: {
    key_id: string
    key_hash: string
    name: string
    user_id: string | null
    client_id: string | null
    /** When that client was registered. */
    client_since: Milliseconds | null
    roles: Json
    scope: string
    addresses: Json
    created: Milliseconds
    expires: Milliseconds
    revoked: Milliseconds | null
    used: Milliseconds | null
  }
  account: {
    user_id: string
    /** In lower case. */
    username: string
    password_hash: string | null
    display_name: string
    roles: Json
    /** `Practitioner/7` */
    fhir_user: string | null
    /** `"all"` or a list of ids. */
    patients: Json
    /** What rules may ask of the user, by name. */
    attributes: Generated<Json>
    status: 'active' | 'disabled'
    origin: 'command' | 'config' | 'config-gone' | 'demo' | 'console'
    version: Generated<number>
    created: Milliseconds
    updated: Milliseconds
  }
  /** A role with what it allows (users/role-file.ts); the server's own ones are not here. */
  role: {
    name: string
    file: Json
    status: 'active' | 'disabled'
    origin: 'command' | 'config' | 'config-gone' | 'demo' | 'console'
    version: number
    created: Milliseconds
    updated: Milliseconds
  }
  sign_in_failure: {
    counter: string
    failures: number
    blocked_until: Milliseconds
    expires: Milliseconds
    /** Of the username that was tried (users/failure-hash.ts); null of what is counted for an address. */
    name_hash: string | null
  }
  /** The newest of each user (users/password-links.ts). */
  password_link: { user_id: string; link_hash: string; expires: Milliseconds }
  /** When somebody last signed in. */
  signed_in: { user_id: string; at: Milliseconds }
  /** What oidc-provider keeps (oidc/adapter.ts). */
  oidc: {
    model: string
    id_hash: string
    payload: Json
    uid: string | null
    user_id: string | null
    grant_id: string | null
    consumed: Milliseconds | null
    expires: Milliseconds
  }
  sign_in: {
    session_uid: string
    user_id: string
    at: Milliseconds
    address: string
    agent: string
    expires: Milliseconds
  }
  launch_handle: {
    handle_hash: string
    client_id: string
    user_id: string
    context: Json
    created: Milliseconds
    expires: Milliseconds
    used: Milliseconds | null
    /** Of the console's simulator (smart/fault.ts). */
    simulated: Simulation | null
    flight_id: string | null
    /** 1 for a launch that the app itself begins, in a browser that was made ready for it. */
    alone: number | null
  }
  refresh_token: {
    family_hash: string
    grant_id: string
    current_hash: string
    previous_hash: string | null
    /** When the current one took the place of the previous one. */
    rotated: Milliseconds | null
    /** What the previous one was answered with, sealed, for a client that lost it (REFR-10). */
    answer_sealed: string | null
    expires: Milliseconds
  }
  consent: {
    user_id: string
    client_id: string
    /** Empty where no patient was in context. */
    patient: string
    granted: string
    refused: string
    duration: 'hour' | 'months' | 'year'
    until: Milliseconds
    updated: Milliseconds
    expires: Milliseconds
  }
  flight: {
    flight_id: string
    client_id: string | null
    user_id: string | null
    grant_id: string | null
    outcome: 'open' | 'done' | 'refused'
    reason: string | null
    started: Milliseconds
    updated: Milliseconds
    steps: number
    expires: Milliseconds
    simulated: Simulation | null
    /** 1 where the messages of FHIR calls are kept (flight_exchange). */
    watched: number | null
  }
  flight_step: {
    flight_id: string
    step: number
    at: Milliseconds
    event: string
    outcome: 'ok' | 'refused'
    reason: string | null
    detail: Json | null
    expires: Milliseconds
  }
  /** The messages of one FHIR call of a launch of the simulator, sealed (launches/fhir-messages.ts). */
  flight_exchange: { flight_id: string; step: number; sealed: string; expires: Milliseconds }
  /** Links by which the maker of an app sees a record. */
  flight_link: { link_hash: string; flight_id: string; expires: Milliseconds }
  /** Access tokens that are not JWTs, by their hash. */
  opaque_token: { token_hash: string; claims: Json; expires: Milliseconds }
  /** Access tokens that were revoked before they expired. */
  denied_token: { jti: string; expires: Milliseconds }
  /** Assertions that were used: the primary key makes a replay impossible on all nodes. */
  used_assertion: { client_id: string; jti: string; expires: Milliseconds }
  /** Of each client the last assertion that failed (oidc/failed-assertions.ts). */
  failed_assertion: {
    client_id: string
    content: Json | null
    reason: string
    sentence: string
    at: Milliseconds
    expires: Milliseconds
  }
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
    /** Null before there was a chain (audit/chain.ts). */
    hash: string | null
  }
  /** How the site looks: its only row. */
  branding: { id: 'site'; version: number; name: string | null; accent: string | null; logo: string | null }
  /** Our copy of the logo of the site: base64, and the hash by which its address names it. */
  branding_logo: { hash: string; type: string; content: string }
  audit_chain: { name: 'start' | 'end'; seq: number; hash: string; seal: string }
  /** The patients of rows that are about several. */
  audit_about: { patient: string; seq: number }
  /** Bulk exports (fhir/bulk/jobs.ts). */
  export_job: {
    job_id: string
    client_id: string
    state: 'waiting' | 'running' | 'done' | 'failed'
    /** What was asked for, with the right with which it was asked. */
    request: Json
    created: Milliseconds
    /** Counts who has worked on it: only the latest may say how it goes. */
    attempt: number
    lease_until: Milliseconds | null
    progress: string | null
    /** When its client asked for it last. */
    polled: Milliseconds | null
    /** Its files, or why there are none. */
    result: Json | null
    expires: Milliseconds | null
  }
  /** Counts the changes of a register, so that other processes notice (store/changes.ts). */
  change: { name: string; version: number }
}
