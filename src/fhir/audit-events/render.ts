import type { AuditRow } from '../../audit/rows.ts'
import { instant } from '../../lib/time.ts'
import { codesOf } from './codes.ts'

type Json = Record<string, unknown>
/** Whose audit it is. */
export type Server = { issuer: string; fhirBase: string }

/** Events whose request is a question: it is told as it was asked. */
const queries: ReadonlySet<string> = new Set(['fhir.search', 'fhir.operation'])

export const outcomes = { success: '0', refused: '4', error: '8' } as const

const dcmSystem = 'http://dicom.nema.org/resources/ontology/DCM'
const source = coded(dcmSystem, '110153', 'Source Role ID')
const destination = coded(dcmSystem, '110152', 'Destination Role ID')
const application = coded(dcmSystem, '110150', 'Application')
const custodian = coded('http://terminology.hl7.org/CodeSystem/provenance-participant-type', 'custodian')
const oauthUser = coded('https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes', 'UserOauthAgent')
/** BALP: the user where no OAuth is at work. */
const participant = coded('http://terminology.hl7.org/CodeSystem/v3-ParticipationType', 'IRCP')
const oauthService = coded('https://profiles.ihe.net/ITI/BALP/CodeSystem/UserAgentTypes', 'AuthzOauthService')

const entityType = (code: string) => ({
  system: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
  code,
})
const role = (code: string) => ({ system: 'http://terminology.hl7.org/CodeSystem/object-role', code })

/** The patients whom a row is about; each has an event of its own (AUD-05). */
export function patientsOf({ patient, detail }: AuditRow): readonly (string | undefined)[] {
  if (patient !== null) return [patient]
  const { patients } = factsOf(detail)
  return Array.isArray(patients) ? (patients as string[]) : [undefined]
}

/** The id of an event: the row's number, and which of several patients it is about. */
export function eventId({ seq }: AuditRow, index: number, patients: number): string {
  return patients > 1 ? `${seq}-${index + 1}` : String(seq)
}

/**
 * A row as an AuditEvent in the manner of IHE BALP (AUD-02…08).
 * @param index which of the row's patients it is about
 */
export function auditEvent(row: AuditRow, index: number, server: Server): Json {
  const facts = factsOf(row.detail)
  const patients = patientsOf(row)
  const { type, subtype, action } = codesOf(row.event, text(facts.interaction))
  return {
    resourceType: 'AuditEvent',
    id: eventId(row, index, patients.length),
    meta: { versionId: '1', lastUpdated: instant(row.at) },
    type,
    subtype,
    action,
    recorded: instant(row.at),
    outcome: outcomes[row.outcome as keyof typeof outcomes] ?? outcomes.error,
    ...(row.reason === null ? {} : { outcomeDesc: row.reason }),
    agent: agentsOf(row, action, text(facts.address), server),
    source: {
      observer: { identifier: { value: server.issuer }, display: 'Lanyard' },
      type: [{ system: 'http://terminology.hl7.org/CodeSystem/security-source-type', code: '4' }],
    },
    ...listed('entity', entitiesOf(row, facts, patients[index], server)),
  }
}

/** A row as all the events that it is: one for each of its patients. */
export function auditEventsOf(row: AuditRow, server: Server): Json[] {
  return patientsOf(row).map((_patient, index) => auditEvent(row, index, server))
}

/** AUD-03: who has the data is the source of a read, and who asks is the source of everything else. */
function agentsOf(
  { event, client_id, user_id, token_id }: AuditRow,
  action: string,
  address: string | undefined,
  { issuer }: Server,
): Json[] {
  const isRest = event.startsWith('fhir.')
  const [client, server] = isRest
    ? action === 'R'
      ? [destination, source]
      : action === 'D'
        ? [application, custodian]
        : [source, destination]
    : [application, oauthService]
  const ways = waysOf(token_id)
  const user: Json = {
    // AUD-06: by a token, or in some other way.
    type: ways.every(isToken) ? oauthUser : participant,
    who: { identifier: user_id === null ? identified(client_id) : identified(user_id, issuer) },
    requestor: true,
    ...listed('policy', ways.map(policyOf)),
  }
  const hasUser = user_id !== null || (client_id !== null && token_id !== null)
  return [
    ...(client_id === null && (user_id !== null || !isRest)
      ? []
      : [
          {
            type: client,
            who: client_id === null ? { display: 'unknown' } : { identifier: identified(client_id) },
            // One of the agents asked for it: the user, where the token tells of one.
            requestor: !hasUser,
            ...(address === undefined ? {} : { network: { address, type: '2' } }),
          },
        ]),
    {
      type: server,
      who: { identifier: { value: issuer }, display: 'Lanyard' },
      requestor: client_id === null && user_id === null && !isRest,
      network: { address: issuer, type: '5' },
    },
    ...(hasUser ? [user] : []),
  ]
}

/** What a request showed: a token by its `jti`, or an API key, a password, nothing (oidc/ways-in/), or several of them. */
function waysOf(tokenId: string | null): string[] {
  return tokenId === null ? [] : tokenId.split(' ')
}

function isToken(way: string): boolean {
  return !/^(?:api-key|basic|no-authentication):/.test(way)
}

function policyOf(way: string): string {
  return isToken(way) ? `urn:ietf:params:oauth:jti:${way}` : `urn:lanyard:way-in:${way}`
}

/** Somebody of an outside server is known by that server's name; users of ours by ours. */
function identified(id: string | null, system?: string): Json {
  const [, issuer, value] = /^(?:client:)?(.+)\|([^|]*)$/.exec(id ?? '') ?? []
  if (issuer !== undefined) return { system: issuer, value }
  return { ...(system === undefined ? {} : { system }), value: id }
}

function entitiesOf(row: AuditRow, facts: Json, patient: string | undefined, { fhirBase }: Server): Json[] {
  const { interaction: _i, address: _a, patients: _p, reference, path, query, ...more } = facts
  const isQuery = queries.has(row.event) && typeof path === 'string'
  const details = Object.entries(isQuery ? more : { ...more, ...(path === undefined ? {} : { path }) })
  return [
    ...(patient === undefined
      ? []
      : [{ what: { reference: `Patient/${patient}` }, type: entityType('1'), role: role('1') }]),
    ...(typeof reference === 'string'
      ? [{ what: { reference }, type: entityType('2'), role: role('4') }]
      : []),
    ...(isQuery ? [queryEntity(fhirBase, path, text(query) ?? '')] : []),
    ...(details.length > 0
      ? [
          {
            type: entityType('4'),
            detail: details.map(([type, value]) => ({
              type,
              valueString: typeof value === 'string' ? value : JSON.stringify(value),
            })),
          },
        ]
      : []),
    ...(row.request_id === null
      ? []
      : [
          {
            what: { identifier: { value: row.request_id } },
            type: {
              system: 'https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType',
              code: 'XrequestId',
            },
          },
        ]),
  ]
}

/** AUD-05: the request as it came; a token in it would have been refused, and so is never there. */
function queryEntity(fhirBase: string, path: string, query: string): Json {
  const address = query === '' ? path : `${path}?${query}`
  return {
    type: entityType('2'),
    role: role('24'),
    description: address,
    query: Buffer.from(`${fhirBase}/${address}`).toString('base64'),
  }
}

function factsOf(detail: string | null): Json {
  return detail === null ? {} : (JSON.parse(detail) as Json)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

function coded(system: string, code: string, display?: string): Json {
  return { coding: [{ system, code, ...(display === undefined ? {} : { display }) }] }
}

/** A list, or nothing where it would be empty (REST-18). */
function listed(name: string, items: readonly unknown[]): Json {
  return items.length === 0 ? {} : { [name]: items }
}
