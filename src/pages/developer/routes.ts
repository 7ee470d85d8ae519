import Router from '@koa/router'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import type { Abilities, Endpoints } from '../../smart/discovery.ts'
import { packed } from '../packed.ts'
import type { Page } from '../render.ts'
import type { Exceptions } from '../security.ts'
import { explorerFiles } from './explorer-files.ts'
import { callsPage, explorerPage, offeredScopes } from './explorer-page.ts'
import { type OwnAppDeps, ownAppRoutes } from './my-apps/routes.ts'
import { developerPaths } from './paths.ts'
import { appKinds, loadQuickStarts } from './quick-starts.ts'
import { startPage } from './start-page.ts'
import { type ToolDeps, toolRoutes } from './tool-routes.ts'

/** Swagger UI's stylesheet has its small drawings inside. */
const drawings: Exceptions = { inlineImages: true }

export type DeveloperDeps = Omit<ToolDeps, 'quickStarts' | 'send'> &
  Omit<OwnAppDeps, 'send'> & {
    send: (ctx: RequestContext, page: Page, exceptions?: Exceptions) => void
    /** The folder `views`. */
    folder: string
    endpoints: Endpoints
    abilities: Abilities
    /** Whose server it is. */
    site: () => string
    resourceTypes: readonly string[]
    /** The FHIR server as an OpenAPI document, of some types, with the scopes that can be asked for. */
    openApi: (types: readonly string[], scopes: readonly string[]) => object
    /** The client_id of the explorer, if it is registered and enabled. */
    explorerClient: () => Promise<string | undefined>
  }

/** The pages for developers; all but those of their own apps need nobody to sign in. */
export function developerRoutes(deps: DeveloperDeps): Router<RequestState> {
  const { send, wordsFor, resourceTypes } = deps
  const quickStarts = loadQuickStarts(`${deps.folder}/quick-starts`, deps.endpoints)
  const router = new Router<RequestState>()

  router.get(developerPaths.start, (ctx) => {
    const kind = appKinds.find((name) => name === ctx.query.kind) ?? 'browser'
    send(ctx, startPage({ ...deps, site: deps.site(), words: wordsFor(ctx), kind, quickStarts }))
  })
  toolRoutes(router, { ...deps, quickStarts })
  ownAppRoutes(router, deps)
  explorerRoutes()
  return router

  function explorerRoutes(): void {
    const files = explorerFiles(deps.folder)
    const typeOf = ({ query: { type } }: RequestContext) =>
      resourceTypes.find((name) => name === type) ?? 'Patient'
    /** Made once each: anybody may ask, and that of all types takes long. */
    const documents = new Map<string, { document: object; send: (ctx: RequestContext) => Promise<void> }>()
    const documentOf = (type: string | undefined) => {
      const made = documents.get(type ?? '')
      if (made !== undefined) return made
      const types = type === undefined ? resourceTypes : [type]
      const document = deps.openApi(types, type === undefined ? deps.abilities.scopes : offeredScopes(type))
      const one = { document, send: packed(Buffer.from(JSON.stringify(document))) }
      documents.set(type ?? '', one)
      return one
    }

    router.get(developerPaths.explorer, (ctx) => {
      const type = typeOf(ctx)
      const { document } = documentOf(type)
      send(ctx, callsPage({ ...deps, words: wordsFor(ctx), type, document }))
    })
    router.get(developerPaths.tryOut, async (ctx) => {
      const client = await deps.explorerClient()
      send(ctx, explorerPage({ ...deps, words: wordsFor(ctx), type: typeOf(ctx), client, files }), drawings)
    })
    router.get(`${developerPaths.explorer}/:file`, (ctx: RequestContext) =>
      files.serve(ctx, ctx.params.file ?? ''),
    )
    router.get(developerPaths.openApi, async (ctx) => {
      ctx.set('cache-control', 'public, max-age=60')
      ctx.type = 'application/json'
      await documentOf(ctx.query.type === undefined ? undefined : typeOf(ctx)).send(ctx)
    })
  }
}
