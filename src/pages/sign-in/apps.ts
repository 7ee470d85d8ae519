import type { Client } from '../../clients/registry.ts'
import { type App, logoAddress, type RequestingApp } from '../app-face.ts'
import type { ConsentClient } from './consent-page.ts'

/** A client as the pages show it. */
export function appOf({ metadata, logo }: Pick<Client, 'metadata' | 'logo'>): App {
  return {
    name: metadata.client_name,
    verified: metadata.verified === true,
    logo: logo && logoAddress(logo),
  }
}

export function requestingApp(client: Client, redirectUri: string): RequestingApp {
  return { ...appOf(client), redirectUri }
}

export function consentClient(client: Client, redirectUri: string): ConsentClient {
  const { metadata, id, created } = client
  return {
    ...appOf(client),
    clientId: id,
    kind: metadata.token_endpoint_auth_method === 'none' ? 'public' : 'confidential',
    redirectUri,
    publisher: metadata.owner,
    privacy: metadata.policy_uri,
    since: created,
  }
}
