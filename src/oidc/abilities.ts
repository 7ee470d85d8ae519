import { type Abilities, advertisedScopes } from '../smart/discovery.ts'
import { assertionAlgorithms } from './assertion-rules.ts'
import { introspectScope } from './introspection.ts'

/** What works at this point; discovery says nothing else. */
export function abilitiesWith(grantTypes: Abilities['grantTypes']): Abilities {
  return {
    grantTypes,
    authMethods: ['private_key_jwt', 'client_secret_basic'],
    assertionAlgorithms: Object.keys(assertionAlgorithms),
    capabilities: [
      'launch-ehr',
      'launch-standalone',
      'authorize-post',
      'client-public',
      'client-confidential-symmetric',
      'client-confidential-asymmetric',
      'sso-openid-connect',
      'context-banner',
      'context-style',
      'context-ehr-patient',
      'context-ehr-encounter',
      'context-standalone-patient',
      'context-standalone-encounter',
      'permission-offline',
      'permission-online',
      'permission-patient',
      'permission-user',
      'permission-v1',
      'permission-v2',
    ],
    scopes: [
      'openid',
      'fhirUser',
      'profile',
      'launch',
      'launch/patient',
      'launch/encounter',
      'offline_access',
      'online_access',
      ...(['patient', 'user', 'system'] as const).flatMap(advertisedScopes),
      introspectScope,
    ],
  }
}
