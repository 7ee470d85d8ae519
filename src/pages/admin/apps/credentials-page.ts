import { kindOf } from '../../../clients/client.ts'
import { endingsOf } from '../../../clients/ending.ts'
import type { Attempt } from '../../../clients/jwks-cache.ts'
import { keysOfClient } from '../../../clients/key-report.ts'
import type { Reminder } from '../../../clients/reminders.ts'
import type { Problem } from '../../../lib/errors.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { reasonField } from '../confirm-page.ts'
import { SOON } from '../dashboard/health.ts'
import { millisecondsOf } from '../milliseconds.ts'
import { summaryOf } from '../mistakes.ts'
import type { Fact } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { type AppView, appPage } from './app-page.ts'
import { certificateFacts, fieldsIn, keySourceForm, lookedAt, reportTable } from './key-fields.ts'
import { type KeyFields, type KeySource, keyFieldsOf, type Looked } from './key-source.ts'
import { endsSoonTable } from './remind-page.ts'

export type CredentialsModel = AppView & {
  /** What the last fetch of its JWKS brought, if there was one. */
  attempt: Attempt | undefined
  /** What was posted to be looked at, or could not be saved. */
  posted?:
    | { fields: KeyFields; looked: Looked | undefined; reason: string; problems: readonly Problem[] }
    | undefined
  /** Where the keys are to come from, as a link to the form says. */
  from?: KeySource | undefined
  /** What its owner was asked to renew. */
  reminders: readonly Reminder[]
  /** Milliseconds since 1970. */
  now: number
  done?: string | undefined
}

/** How an app proves who it is; posts `from`, the fields of the sources, `do` (`check`, `save`), `reason`, `version`. */
export function credentialsPage(model: CredentialsModel): Page {
  const { client, admin, attempt, posted, from, reminders, now, done } = model
  const { words } = admin
  const said = words.admin.credentials
  const { metadata, id } = client
  const problems = posted?.problems ?? []
  const present = keyFieldsOf(metadata)
  const fields = posted?.fields ?? { ...present, from: from ?? present.from }
  const form = keySourceForm(kindOf(metadata), fields, problems, words)
  const change = (source: KeySource) => `?from=${source}#change`
  const summary = summaryOf(problems, fieldsIn(form), words)
  const keys = keysOfClient(metadata, attempt)
  const soon = endingsOf(client).filter(({ end }) => end < now + SOON)
  return appPage(
    { client, admin },
    {
      tab: 'credentials',
      view: 'admin/app-credentials',
      kept: from === undefined ? {} : { from },
      failed: summary.length > 0,
      data: {
        done: done && { tone: 'ok', text: done },
        problems: summary,
        facts: credentialFacts(model, words),
        fetch: metadata.jwks_uri === undefined || !admin.mayChange ? undefined : adminPaths.app(id, 'fetch'),
        failure: attempt !== undefined && 'failure' in attempt && said.failure(detailOf(attempt.failure)),
        newSecret:
          metadata.token_endpoint_auth_method === 'client_secret_basic' && admin.mayChange
            ? adminPaths.app(id, 'secret')
            : undefined,
        signs: metadata.token_endpoint_auth_method === 'private_key_jwt',
        table: keys.length === 0 ? undefined : reportTable({ keys }, now, words),
        certificate: metadata.x509 && certificateFacts(metadata.x509, now, words),
        soon: endsSoonTable(soon, reminders, { client, admin, now }),
        looked: posted?.looked && lookedAt(posted.looked, now, words),
        keySource: form,
        change:
          form === undefined || !admin.mayChange || client.origin === 'config'
            ? undefined
            : { method: '#change', keys: change('keys'), certificate: change('certificate') },
        action: adminPaths.app(id, 'credentials'),
        reason: reasonField(words, posted?.reason),
      },
    },
  )
}

/** How it proves who it is. */
export function credentialFacts(
  { client, attempt, now }: Pick<CredentialsModel, 'client' | 'attempt' | 'now'>,
  words: Words,
): Fact[] {
  const said = words.admin.credentials
  const { metadata, hasSecret, previousSecret } = client
  const { token_endpoint_auth_method: method, jwks_uri, x509 } = metadata
  const fact = (name: keyof typeof said.facts, value: Fact['value']): Fact => ({
    label: said.facts[name],
    value,
  })
  const ofMethod = fact('method', {
    text: said.methods[method],
    code: method === 'none' ? undefined : method,
  })
  if (method === 'none') return [ofMethod]
  if (method === 'client_secret_basic') {
    return [
      ofMethod,
      fact('secret', hasSecret ? { text: said.secretKnown } : { text: said.secretMissing }),
      ...(previousSecret !== undefined && previousSecret.until > now
        ? [fact('previous', { text: said.previousUntil(datesIn(words).moment(previousSecret.until).people) })]
        : []),
    ]
  }
  if (jwks_uri === undefined)
    return [ofMethod, fact('source', { text: x509 === undefined ? said.fromFile : said.fromCertificate })]
  return [
    ofMethod,
    fact('source', { code: jwks_uri }),
    fact('fetched', { text: fetchedText(attempt, words) }),
    fact('again', { text: said.again }),
  ]
}

function fetchedText(attempt: Attempt | undefined, words: Words): string {
  const said = words.admin.credentials
  if (attempt === undefined) return said.notFetched
  const when = datesIn(words).moment(attempt.tried).people
  return 'failure' in attempt
    ? said.failed(when)
    : said.fetchedAs(when, said.keyCount(attempt.keys.length), millisecondsOf(attempt.took, words))
}

/** For an admin, who is to mend it: exactly. */
function detailOf({ detail, message }: { detail: string | undefined; message: string }): string {
  return detail ?? message
}
