import Router from '@koa/router'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import type { Abilities, Endpoints } from '../../smart/discovery.ts'
import type { Page } from '../render.ts'
import type { Exceptions } from '../security.ts'
import { explorerFiles } from './explorer-files.ts'
import { explorerPage, offeredScopes } from './explorer-page.ts'
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
    const serve = explorerFiles(deps.folder)
    const typeOf = ({ query: { type } }: RequestContext) =>
      resourceTypes.find((name) => name === type) ?? 'Patient'
    router.get(developerPaths.explorer, async (ctx) => {
      const client = await deps.explorerClient()
      send(ctx, explorerPage({ ...deps, words: wordsFor(ctx), type: typeOf(ctx), client }), drawings)
    })
    router.get(`${developerPaths.explorer}/:file`, (ctx: RequestContext) => serve(ctx, ctx.params.file ?? ''))
    /** Made once each: anybody may ask, and that of all types takes long. */
    const documents = new Map<string, Buffer>()
    router.get(developerPaths.openApi, (ctx) => {
      const name = ctx.query.type === undefined ? '' : typeOf(ctx)
      const types = name === '' ? resourceTypes : [name]
      const scopes = name === '' ? deps.abilities.scopes : offeredScopes(name)
      const document = documents.get(name) ?? Buffer.from(JSON.stringify(deps.openApi(types, scopes)))
      documents.set(name, document)
      ctx.set('cache-control', 'public, max-age=60')
      ctx.type = 'application/json'
      ctx.body = document
    })
  }
}
