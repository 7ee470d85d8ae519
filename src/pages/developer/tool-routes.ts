import type Router from '@koa/router'
import { askedBy } from '../../clients/asked-by.ts'
import type { Client } from '../../clients/client.ts'
import { reportKeys } from '../../clients/key-report.ts'
import { asKeySet, type KeySet, keySet } from '../../clients/key-set.ts'
import { readCertificate } from '../../clients/x509.ts'
import { messageOf } from '../../lib/errors.ts'
import { parseJson } from '../../lib/json.ts'
import { mistakesIn } from '../../lib/mistakes.ts'
import type { RequestContext, RequestState } from '../../observe/request-context.ts'
import type { CheckToken } from '../../smart/access-token.ts'
import type { Vocabulary } from '../../smart/scope.ts'
import { postedForm } from '../form.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { assertionPage } from './assertion-page.ts'
import type { Diagnosis } from './diagnosis.ts'
import { type FailedDeps, failedFor } from './failed-assertions.ts'
import { keysPage } from './keys-page.ts'
import { mayKnowOf } from './may-know.ts'
import { developerPaths } from './paths.ts'
import type { QuickStarts } from './quick-starts.ts'
import { scopesPage } from './scopes-page.ts'
import { partsOf, tokenPage } from './token-page.ts'

export type ToolDeps = FailedDeps & {
  demo: boolean
  vocabulary: Vocabulary
  check: CheckToken
  /** Examines a client assertion (oidc/assertion-doctor.ts). */
  examine: (examined: {
    jws: string
    clientId: string | undefined
    mayKnow: (client: Client | undefined) => boolean
    keys: KeySet | undefined
  }) => Promise<Diagnosis>
  quickStarts: QuickStarts
  send: (ctx: RequestContext, page: Page) => void
}

/**
 * The tools: they look at what is pasted, and store nothing. Tokens and assertions come by POST, so that no address
 * and no log holds them.
 */
export function toolRoutes(router: Router<RequestState>, deps: ToolDeps): void {
  const { send, wordsFor } = deps

  router.get(developerPaths.tools, (ctx) => {
    ctx.status = 303
    ctx.redirect(developerPaths.scopes)
  })

  router.get(developerPaths.scopes, async (ctx) => {
    const text = queried(ctx, 'scope', 4000)
    const clientId = queried(ctx, 'client', 100) ?? ''
    const found = clientId === '' ? undefined : await deps.clients.find(clientId)
    const client = (await mayKnowOf(ctx, deps))(found) ? found : undefined
    const notGranted =
      text === undefined || client === undefined
        ? undefined
        : askedBy(client, text, deps.vocabulary).notGranted
    const appIsUnknown = clientId !== '' && client === undefined
    send(ctx, scopesPage({ text, clientId, notGranted, appIsUnknown }, deps.vocabulary, wordsFor(ctx)))
  })

  router.get(developerPaths.token, (ctx) => send(ctx, tokenPage(undefined, wordsFor(ctx))))
  router.post(developerPaths.token, async (ctx: RequestContext) => {
    const token = ((await postedForm(ctx)).get('token') ?? '').trim().replace(/^Bearer\s+/i, '')
    send(ctx, tokenPage({ ...partsOf(token), checked: await deps.check(token) }, wordsFor(ctx)))
  })

  const codes = (clientId: string, kid: string, alg: string) =>
    deps.quickStarts('assertion', {
      clientId,
      kid,
      alg,
      javaSigner: alg === 'RS384' ? 'new RSASSASigner(privateKey)' : 'new ECDSASigner(privateKey)',
    })
  const codesFor = (right: Diagnosis['right']) =>
    codes(
      textIn(right?.clientId) ?? 'your-client-id',
      textIn(right?.kid) ?? 'your-key-id',
      right?.alg ?? 'ES384',
    )
  router.get(developerPaths.assertion, async (ctx) => {
    const wanted = queried(ctx, 'failed', 100)
    const { failures, last } = await failedFor(ctx, wanted, deps)
    const diagnosis = last && deps.explainFailed(last.failed, last.client)
    const model = {
      clientId: '',
      keys: '',
      codes: codesFor(diagnosis?.right),
      failures,
      diagnosis,
      last,
    }
    send(ctx, assertionPage(model, wordsFor(ctx)))
  })
  router.post(developerPaths.assertion, async (ctx: RequestContext) => {
    const form = await postedForm(ctx)
    const jws = (form.get('assertion') ?? '').trim()
    const clientId = form.get('client_id')?.trim() ?? ''
    const pasted = form.get('keys')?.trim() ?? ''
    const read = pasted === '' ? { keys: undefined } : keysIn(pasted, wordsFor(ctx))
    if ('problem' in read) {
      const again = { clientId, keys: read.again, keysProblem: read.problem, codes: codesFor(undefined) }
      return send(ctx, assertionPage(again, wordsFor(ctx)))
    }
    const { keys } = read
    const mayKnow = await mayKnowOf(ctx, deps)
    const diagnosis = await deps.examine({ jws, clientId: clientId || undefined, mayKnow, keys })
    const model = { clientId, keys: pasted, diagnosis, codes: codesFor(diagnosis.right) }
    send(ctx, assertionPage(model, wordsFor(ctx)))
  })

  router.get(developerPaths.keys, (ctx) => send(ctx, keysPage({ pem: '' }, wordsFor(ctx))))
  router.post(developerPaths.keys, async (ctx: RequestContext) => {
    const pem = (await postedForm(ctx)).get('certificate')?.trim() ?? ''
    send(ctx, keysPage({ pem, ...certificateIn(pem) }, wordsFor(ctx)))
  })
}

function queried({ query }: RequestContext, name: string, most: number): string | undefined {
  const value = query[name]
  return typeof value === 'string' ? value.replaceAll(/\s+/g, ' ').trim().slice(0, most) : undefined
}

/** What an id may be, for the code on the page. */
function textIn(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.~-]{1,100}$/.test(value) ? value : undefined
}

/** A JWKS, or what is wrong with it and what of it the form shows again: of private keys nothing. */
function keysIn(text: string, words: Words): { keys: KeySet } | { problem: string; again: string } {
  const { keysWrong, notJson } = words.developer.assertion
  const read = parseJson(text)
  if ('problem' in read) return { problem: keysWrong(notJson), again: text }
  const set = asKeySet(read.value)
  if (reportKeys(set)?.hasPrivate) return { problem: words.admin.credentials.found.private, again: '' }
  const parsed = keySet.safeParse(set)
  if (parsed.success) return { keys: parsed.data }
  return { problem: keysWrong(mistakesIn(parsed.error).join('; ')), again: text }
}

function certificateIn(pem: string) {
  try {
    return { certificate: readCertificate(pem) }
  } catch (error) {
    return { problem: messageOf(error) }
  }
}
