import type { Endpoints } from '../../smart/discovery.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { developerPage } from './developer-page.ts'
import { explorerAddress } from './explorer-files.ts'
import { developerPaths } from './paths.ts'

type Facts = {
  words: Words
  endpoints: Endpoints
  resourceTypes: readonly string[]
  /** The type that is shown. */
  type: string
  /** The client_id it signs people in by; undefined if it may not. */
  client: string | undefined
}

/** The FHIR server's calls in Swagger UI. Field `type`. */
export function explorerPage({ words, endpoints, resourceTypes, type, client }: Facts): Page {
  const { explorer } = words.developer
  return developerPage(words, {
    tab: 'explorer',
    kept: { type },
    view: 'developer/explorer',
    data: {
      heading: explorer.heading,
      lead: client === undefined ? explorer.leadByKey : explorer.lead,
      action: developerPaths.explorer,
      types: resourceTypes,
      type,
      document: `${developerPaths.openApi}?type=${type}`,
      client,
      audience: endpoints.fhirBase,
      scopes: explorerScopes(type).join(' '),
      styles: explorerAddress('swagger-ui.css'),
      scripts: [explorerAddress('swagger-ui-bundle.js'), explorerAddress('explorer.js')],
    },
  })
}

/** What the explorer asks for when a type is shown. */
export function explorerScopes(type: string): string[] {
  return ['openid', 'fhirUser', `user/${type}.cruds`]
}

/** Everything that can be ticked in its dialogue. */
export function offeredScopes(type: string): string[] {
  return [...explorerScopes(type), 'launch/patient', `patient/${type}.rs`, 'user/*.rs']
}
