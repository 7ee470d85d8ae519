import type { Endpoints } from '../../smart/discovery.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { callsIn } from './calls.ts'
import { codeOf, developerPage } from './developer-page.ts'
import type { ExplorerFiles } from './explorer-files.ts'
import { developerPaths } from './paths.ts'

type Facts = {
  words: Words
  endpoints: Endpoints
  resourceTypes: readonly string[]
  /** The type that is shown. */
  type: string
}

/** The FHIR server's calls about one type, each with its command line: without a script. Field `type`. */
export function callsPage({
  words,
  endpoints,
  resourceTypes,
  type,
  document,
}: Facts & { document: object }): Page {
  const { explorer } = words.developer
  return developerPage(words, {
    tab: 'explorer',
    kept: { type },
    view: 'developer/calls',
    data: {
      ...chooser(explorer.heading, { resourceTypes, type }, developerPaths.explorer),
      lead: explorer.callsLead,
      tryOut: { text: explorer.tryOut, href: `${developerPaths.tryOut}?${new URLSearchParams({ type })}` },
      calls: callsIn(document, endpoints.fhirBase, words).map(
        ({ method, path, what, curl, body, parameters }) => ({
          heading: `${method} ${path}`,
          what,
          codes: [
            codeOf(explorer.line, curl, `${explorer.line}: ${method} ${path}`),
            ...(body === undefined ? [] : [codeOf('body.json', body, `body.json: ${method} ${path}`)]),
          ],
          more: explorer.parameters(parameters.length),
          table: {
            caption: explorer.parameters(parameters.length),
            columns: [explorer.name, explorer.place, explorer.description].map((label) => ({ label })),
            rows: parameters.map(({ name, place, description }) => [
              { code: name },
              { code: place },
              { text: description, lang: 'en' },
            ]),
          },
        }),
      ),
    },
  })
}

/** The same in Swagger UI. @param client the client_id it signs people in by; undefined if it may not */
export function explorerPage(
  facts: Facts & { client: string | undefined; files: Pick<ExplorerFiles, 'address'> },
): Page {
  const { words, endpoints, type, client, files } = facts
  const { explorer } = words.developer
  return developerPage(words, {
    tab: 'explorer',
    kept: { type },
    view: 'developer/explorer',
    data: {
      ...chooser(explorer.heading, facts, developerPaths.tryOut),
      lead: client === undefined ? explorer.leadByKey : explorer.lead,
      plain: { text: explorer.plain, href: `${developerPaths.explorer}?${new URLSearchParams({ type })}` },
      client,
      audience: endpoints.fhirBase,
      scopes: explorerScopes(type).join(' '),
      styles: files.address('swagger-ui.css'),
      scripts: ['swagger-ui-bundle.js', 'explorer.js'].map(files.address),
    },
  })
}

function chooser(
  heading: string,
  { resourceTypes, type }: Pick<Facts, 'resourceTypes' | 'type'>,
  action: string,
) {
  return {
    heading,
    action,
    types: resourceTypes,
    type,
    document: `${developerPaths.openApi}?${new URLSearchParams({ type })}`,
  }
}

/** What the explorer asks for when a type is shown. */
export function explorerScopes(type: string): string[] {
  return ['openid', 'fhirUser', `user/${type}.cruds`]
}

/** Everything that can be ticked in its dialogue. */
export function offeredScopes(type: string): string[] {
  return [...explorerScopes(type), 'launch/patient', `patient/${type}.rs`, 'user/*.rs']
}
