import type Router from '@koa/router'
import type { Client, ClientRegistry } from '../../../clients/registry.ts'
import type { Flights } from '../../../launches/flights.ts'
import type { LaunchHandles } from '../../../launches/handles.ts'
import { readyBrowser } from '../../../launches/ready-browser.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { type Clock, SECOND } from '../../../lib/time.ts'
import type { RequestContext, RequestState } from '../../../observe/request-context.ts'
import { launchUrl } from '../../../smart/launch-url.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { readyPath } from '../operations/simulator.ts'
import { sheetData } from '../sheet.ts'

export type ReadyDeps = {
  handles: Pick<LaunchHandles, 'findAlone'>
  clients: Pick<ClientRegistry, 'find'>
  flights: Pick<Flights, 'note'>
  endpoints: { fhirBase: string }
  clock: Clock
  wordsFor: (ctx: RequestContext) => Words
  send: (ctx: RequestContext, page: Page) => void
}

/**
 * Makes the browser that opens this link ready for a launch that its app begins by itself. Without an account: the
 * link is the right to it, and does nothing but have this browser's next launch of the app recorded.
 */
export function readyRoute(router: Router<RequestState>, deps: ReadyDeps): void {
  router.get(`${readyPath}/:handle`, async (ctx: RequestContext) => {
    ctx.set('x-robots-tag', 'noindex')
    const handle = String(ctx.params.handle)
    const found = await deps.handles.findAlone(handle)
    const client = 'refused' in found ? undefined : await deps.clients.find(found.clientId)
    if ('refused' in found || client === undefined)
      throw new LanyardError(
        'gone',
        'This link was used, or is too old. Make a new one in the launch simulator.',
      )
    const left = (found.expires ?? 0) - deps.clock()
    readyBrowser.make(ctx, handle, Math.ceil(left / SECOND))
    if (found.simulation !== undefined)
      deps.flights.note(found.simulation.flightId, {
        event: 'ready',
        outcome: 'ok',
        detail: { requestId: ctx.state.requestId },
      })
    deps.send(ctx, readyPage(client, left, deps.endpoints.fhirBase, deps.wordsFor(ctx)))
  })
}

/** @param left milliseconds */
function readyPage({ metadata }: Client, left: number, fhirBase: string, words: Words): Page {
  const { ready } = words.admin.simulator
  const { client_name: name, client_uri, launch_uris = [] } = metadata
  const starts = [
    ...(client_uri === undefined ? [] : [client_uri]),
    ...launch_uris.map((uri) => launchUrl(uri, { iss: fhirBase })),
  ]
  return {
    layout: 'page',
    view: 'admin/sheet',
    words,
    title: ready.title,
    kept: {},
    data: sheetData({
      title: ready.title,
      lead: ready.lead(name, datesIn(words).left(left)),
      sections: [
        {
          heading: ready.how,
          text: starts.length === 0 ? ready.noStart(name) : ready.start(name),
          links: starts.map((href) => ({ text: href, href })),
        },
      ],
    }),
  }
}
