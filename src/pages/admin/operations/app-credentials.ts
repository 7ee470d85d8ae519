import { z } from 'zod'
import type { Audit } from '../../../audit/audit.ts'
import type { Client } from '../../../clients/client.ts'
import type { Attempt, JwksCache } from '../../../clients/jwks-cache.ts'
import { keysOfClient } from '../../../clients/key-report.ts'
import type { Logos } from '../../../clients/logos.ts'
import type { ClientRegistry } from '../../../clients/registry.ts'
import type { Reminder, Reminders } from '../../../clients/reminders.ts'
import { thumbprintOf } from '../../../clients/thumbprint.ts'
import type { Act } from '../../../lib/act.ts'
import { LanyardError } from '../../../lib/errors.ts'
import { instant } from '../../../lib/time.ts'
import { app, appIn, edit, named, shown } from './apps.ts'
import { operation, reason } from './operation.ts'

export type AppCredentialDeps = {
  clients: Pick<ClientRegistry, 'find'>
  jwks: Pick<JwksCache, 'lastAttempt' | 'fetchNow'>
  logos: Pick<Logos, 'set'>
  reminders: Pick<Reminders, 'remind' | 'ofClient'>
  audit: Pick<Audit, 'write'>
}

/** Keys of a fetched set that the audit names, and characters that it keeps of what went wrong. */
const MOST_KEYS = 20
const MOST_TOLD = 200

const key = z.object({
  kid: z.string(),
  alg: z.string(),
  strength: z.string(),
  end: z.iso.datetime().optional(),
  problem: z.string().optional().describe('Why it cannot verify an assertion.'),
  reminded: z.iso.datetime().optional().describe('When its owner was asked to renew it.'),
})
/** Where keys come from, the one that counts first. */
const sources = ['jwks_uri', 'x509', 'jwks', 'none'] as const
const keys = z.object({
  source: z.enum(sources),
  keys: z.array(key),
  fetched: z
    .object({
      at: z.iso.datetime(),
      milliseconds: z.number(),
      failure: z.string().optional().describe('What went wrong, exactly.'),
    })
    .optional()
    .describe('The last attempt of the process that answers.'),
})

/** What an app proves who it is with, and its logo. */
export function appCredentialOperations({ clients, jwks, logos, reminders, audit }: AppCredentialDeps) {
  /** What came of a fetch: from where, which keys; nothing of what else was in the answer. */
  async function noteFetch(clientId: string, url: string, attempt: Attempt, act: Act): Promise<void> {
    const { userId, requestId, by, reason: why } = act
    const { host } = new URL(url)
    const entry = { event: 'client.fetch', clientId, userId, requestId } as const
    if ('failure' in attempt) {
      const { detail, message } = attempt.failure
      const failure = (detail ?? message).slice(0, MOST_TOLD)
      const told = { host, failure, by, why }
      return await audit.write({ ...entry, outcome: 'error', reason: 'jwks-unavailable', detail: told })
    }
    const thumbprints = attempt.keys.slice(0, MOST_KEYS).map(thumbprintOf)
    const detail = { host, keys: attempt.keys.length, thumbprints, by, why }
    await audit.write({ ...entry, outcome: 'success', detail })
  }

  return {
    keys: operation({
      name: 'showAppKeys',
      method: 'get',
      path: '/apps/{client_id}/keys',
      summary: 'Show the keys of an app, and what the last fetch of its JWKS brought.',
      needs: 'see',
      input: named,
      output: keys,
      async run({ client_id }) {
        const { metadata } = await appIn(clients, client_id)
        const { jwks_uri: url } = metadata
        const asked = await reminders.ofClient(client_id)
        return keysOf(metadata, url === undefined ? undefined : jwks.lastAttempt(url), asked)
      },
    }),

    fetchKeys: operation({
      name: 'fetchAppKeys',
      method: 'post',
      path: '/apps/{client_id}/keys/fetch',
      summary: 'Fetch the JWKS of an app now, in the way a token request does.',
      needs: 'change',
      input: named.extend(reason),
      output: keys,
      async run({ client_id }, act) {
        const { metadata } = await appIn(clients, client_id)
        if (metadata.jwks_uri === undefined)
          throw new LanyardError('invalid-request', `The app "${client_id}" has no jwks_uri.`)
        const attempt = await jwks.fetchNow(metadata.jwks_uri)
        await noteFetch(client_id, metadata.jwks_uri, attempt, act)
        return keysOf(metadata, attempt, await reminders.ofClient(client_id))
      },
    }),

    remind: operation({
      name: 'remindAppOwner',
      method: 'post',
      path: '/apps/{client_id}/reminders',
      summary:
        'Ask the developer who owns an app, on the pages of their apps, to renew a credential that ends.',
      needs: 'change',
      input: named.extend({
        credential: z
          .string()
          .min(1)
          .max(500)
          .describe('The `kid` of a key, the thumbprint of a certificate.'),
        ...reason,
      }),
      output: z.object({
        client_id: z.string(),
        credential: z.string(),
        ends: z.iso.datetime(),
        at: z.iso.datetime(),
      }),
      async run({ client_id, credential }, act) {
        const { ends, at } = await reminders.remind(client_id, credential, act)
        return { client_id, credential, ends: instant(ends), at: instant(at) }
      },
    }),

    setLogo: operation({
      name: 'setAppLogo',
      method: 'put',
      path: '/apps/{client_id}/logo',
      summary: 'Keep a copy of an app’s logo (PNG, JPEG or WebP, at most 64 kB), or none.',
      needs: 'change',
      input: edit.extend({ content: z.base64().max(100_000).nullable().describe('Base64; null for none.') }),
      output: app,
      async run({ client_id, content, version }, act) {
        const picture = content === null ? undefined : Buffer.from(content, 'base64')
        return shown(await logos.set(client_id, picture, { ...act, version }))
      },
    }),
  }
}

function keysOf(
  metadata: Client['metadata'],
  attempt: Attempt | undefined,
  reminders: readonly Reminder[],
): z.input<typeof keys> {
  const fetched = attempt && {
    at: instant(attempt.tried),
    milliseconds: Math.round(attempt.took),
    ...('failure' in attempt ? { failure: attempt.failure.detail ?? attempt.failure.message } : {}),
  }
  const list = keysOfClient(metadata, attempt).map(({ end, ...rest }) => {
    const at = reminders.find(({ credential }) => credential === rest.kid)?.at
    return {
      ...rest,
      ...(end === undefined ? {} : { end: instant(end) }),
      ...(at === undefined ? {} : { reminded: instant(at) }),
    }
  })
  const source = sources.find((one) => one !== 'none' && metadata[one] !== undefined) ?? 'none'
  return { source, keys: list, fetched }
}
