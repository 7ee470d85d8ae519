import { sha256 } from '../../lib/id.ts'
import { instant } from '../../lib/time.ts'
import type { Endpoints } from '../../smart/discovery.ts'
import { AUDIT_EVENT } from '../audit-events/audit-events.ts'
import { answeredParameters } from '../audit-events/conditions.ts'
import { exportOperationsOf } from '../bulk/route.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { SearchParameter } from '../definitions/types.ts'
import { operationsOf } from './operations.ts'
import { compartments } from './route.ts'

/** The CapabilityStatement as it is sent, made once. */
export type Capability = { text: string; etag: string }

/** Search parameters that no index answers. */
const unanswered = new Set(['special'])

type Form = {
  /** When this server took up its present form, in milliseconds. */
  date: number
  updateCreate: boolean
  /** Whether users may show name and password. */
  basic: boolean
  /** Whether nobody needs to show anything. */
  open: boolean
}

/** What this server really does, from the same definitions that do it (REST-01). */
export function capabilityOf(definitions: Definitions, endpoints: Endpoints, form: Form): Capability {
  const { date, updateCreate } = form
  const statement = {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: instant(date),
    kind: 'instance',
    instantiates: ['http://hl7.org/fhir/uv/bulkdata/CapabilityStatement/bulk-data'],
    software: { name: 'Lanyard' },
    implementation: {
      description: 'Lanyard: a FHIR server that enforces SMART scopes',
      url: endpoints.fhirBase,
    },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        security: security(endpoints, form),
        resource: resources(definitions, updateCreate),
        interaction: ['history-system', 'search-system', 'batch', 'transaction'].map((code) => ({ code })),
        ...listed('operation', [...operationsOf(undefined), ...exportOperationsOf(undefined)]),
        compartment: [...compartments].map(
          (name) => `http://hl7.org/fhir/CompartmentDefinition/${name.toLowerCase()}`,
        ),
      },
    ],
  }
  const text = JSON.stringify(statement)
  return { text, etag: `W/"${sha256(text).slice(0, 16)}"` }
}

/** DISC-15: deprecated, so the same as smart-configuration, or absent in both. */
function security(at: Endpoints, { basic, open }: Form) {
  const oauthUris = [
    ['authorize', at.authorize],
    ['token', at.token],
    ['introspect', at.introspect],
    ['revoke', at.revoke],
    ['manage', at.account],
  ].map(([url, valueUri]) => ({ url, valueUri }))
  return {
    extension: [
      { url: 'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris', extension: oauthUris },
    ],
    cors: true,
    service: [
      service(
        'SMART-on-FHIR',
        'OAuth 2 with SMART App Launch 2.2 scopes; see .well-known/smart-configuration',
      ),
      // Of API keys the value set knows nothing.
      { text: 'API keys in the header x-api-key' },
      ...(basic ? [service('Basic', 'Username and password, for users whose role allows it')] : []),
    ],
    ...(open
      ? { description: 'AUTHENTICATION IS OFF: every record is open to everybody. For debugging only.' }
      : {}),
  }
}

/** R4 value set restful-security-service. */
function service(code: string, text: string) {
  return {
    coding: [{ system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code }],
    text,
  }
}

/** What can be done with resources of a type, by R4's codes; the audit is only read. */
export function restInteractions(type: string): readonly string[] {
  return type === AUDIT_EVENT ? ['read', 'vread', 'search-type'] : interactions
}

/** The search parameters of a type that this server answers. */
export function answeredSearchParameters(definitions: Definitions, type: string): SearchParameter[] {
  const parameters = definitions.searchParameters(type)
  return type === AUDIT_EVENT
    ? parameters.filter(({ code }) => answeredParameters.has(code) || ['_id', '_lastUpdated'].includes(code))
    : parameters.filter(isAnswered)
}

const interactions = [
  'read',
  'vread',
  'search-type',
  'create',
  'update',
  'patch',
  'delete',
  'history-instance',
  'history-type',
]

function codesOf(type: string): { code: string }[] {
  return restInteractions(type).map((code) => ({ code }))
}

function resources(definitions: Definitions, updateCreate: boolean) {
  const referring = definitions.resourceTypes.flatMap((type) =>
    referencesOf(type, definitions).map((parameter) => ({ type, parameter })),
  )
  const pointers = referring
    .filter(isToldOf(definitions))
    .flatMap((pointer) => pointer.parameter.targets.map((target) => ({ ...pointer, target })))
  const revincludes = Map.groupBy(pointers, ({ target }) => target)
  return definitions.resourceTypes.map((type) => {
    if (type === AUDIT_EVENT) return auditEvents(definitions)
    return {
      type,
      interaction: codesOf(type),
      versioning: 'versioned',
      readHistory: true,
      updateCreate,
      conditionalRead: 'full-support',
      conditionalCreate: true,
      conditionalUpdate: true,
      conditionalDelete: 'single',
      ...listed('searchInclude', includesOf(type, definitions)),
      ...listed('searchRevInclude', (revincludes.get(type) ?? []).map(includeText)),
      searchParam: answeredSearchParameters(definitions, type).map(shown),
      ...listed('operation', [...operationsOf(type), ...exportOperationsOf(type)]),
    }
  })
}

/** What the audit answers (audit-events/): its rows have one version, and are found by what they hold. */
function auditEvents(definitions: Definitions) {
  return {
    type: AUDIT_EVENT,
    interaction: codesOf(AUDIT_EVENT),
    versioning: 'versioned',
    searchParam: answeredSearchParameters(definitions, AUDIT_EVENT).map(shown),
  }
}

function shown({ code, definition, type }: SearchParameter) {
  return { name: code, definition, type }
}

type Referring = { type: string; parameter: SearchParameter }

function includesOf(type: string, definitions: Definitions): string[] {
  return referencesOf(type, definitions).map((parameter) => includeText({ type, parameter }))
}

function referencesOf(type: string, definitions: Definitions): SearchParameter[] {
  return definitions.searchParameters(type).filter((parameter) => parameter.type === 'reference')
}

/** What may point to anything would be listed 146 times; of those only the one that everybody asks for is. */
function isToldOf({ resourceTypes }: Definitions) {
  return ({ type, parameter: { code, targets } }: Referring): boolean =>
    targets.length < resourceTypes.length || (type === 'Provenance' && code === 'target')
}

function includeText({ type, parameter: { code } }: Referring): string {
  return `${type}:${code}`
}

/** A list, or nothing where it would be empty (REST-18). */
function listed<Item>(name: string, items: readonly Item[]): Record<string, readonly Item[]> {
  return items.length === 0 ? {} : { [name]: items }
}

function isAnswered({ type, paths, of, roots }: SearchParameter): boolean {
  return !unanswered.has(type) && (paths.length > 0 || of !== undefined || roots.length > 0)
}
