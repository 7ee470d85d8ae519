import { type Client, kindOf } from '../../../clients/client.ts'
import type { ListedClient } from '../../../clients/overview.ts'
import { parseScopes, type Vocabulary } from '../../../smart/scope.ts'
import { faceOf } from '../../app-face.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import { adminPage } from '../admin-page.ts'
import { matrixOf, whatPeopleRead } from '../apps/access-page.ts'
import { type Owner, ownerPanel } from '../apps/owner.ts'
import { proofFacts } from '../apps/proof-facts.ts'
import { membersFor } from '../apps/settings-fields.ts'
import { reasonField } from '../confirm-page.ts'
import type { Admin } from '../door.ts'
import { adminPaths } from '../paths.ts'
import { findingsOf } from './findings.ts'

/** The apps that wait for somebody to let them in. */
export function registrationsPage(
  admin: Admin,
  {
    waiting,
    next,
    done,
  }: {
    /** Each with the name of the account that registered it. */
    waiting: readonly (ListedClient & { account?: string | undefined })[]
    next: string | undefined
    done: string | undefined
  },
): Page {
  const { words } = admin
  const said = words.admin.registrations
  const dates = datesIn(words)
  return adminPage(admin.frame, words, {
    part: 'registrations',
    title: said.title,
    view: 'admin/registrations',
    data: {
      done: done && { tone: 'ok', text: done },
      all: { text: words.admin.apps.title, href: adminPaths.apps },
      table:
        waiting.length === 0
          ? undefined
          : {
              caption: said.caption,
              columns: (['app', 'kind', 'owner', 'since', 'act'] as const).map((id) => ({
                label: said.columns[id],
                act: id === 'act',
              })),
              rows: waiting.map(({ id, metadata, kind, created, account }) => [
                {
                  app: faceOf({ name: metadata.client_name, verified: false }),
                  text: metadata.client_name,
                  href: adminPaths.app(id, 'review'),
                  code: id,
                },
                { text: words.admin.apps.kinds[kind] },
                account === undefined
                  ? { text: metadata.owner ?? words.admin.apps.nobody, muted: metadata.owner === undefined }
                  : { text: account, hint: metadata.owner },
                { text: dates.day(created) },
                {
                  button: {
                    text: said.review,
                    hidden: metadata.client_name,
                    href: adminPaths.app(id, 'review'),
                  },
                },
              ]),
            },
      paging: { said: '', first: undefined, next: next && `${adminPaths.registrations}?after=${next}` },
    },
  })
}

/** One of them: what its developer says, what stands out, and the decision. Posts `decision`, `reason`, `version`. */
export function reviewPage(
  admin: Admin,
  { client, owner, vocabulary, now }: { client: Client; owner: Owner; vocabulary: Vocabulary; now: number },
): Page {
  const { words } = admin
  const said = words.admin.registrations
  const { metadata, id, version } = client
  const name = metadata.client_name
  const kind = kindOf(metadata)
  const { scopes } = parseScopes(metadata.scope, vocabulary)
  const findings = findingsOf(client, vocabulary)
  const fact = (label: string, value: unknown) => ({
    label,
    value: Array.isArray(value) ? { code: value.join(', ') } : { text: String(value) },
  })
  return adminPage(admin.frame, words, {
    part: 'registrations',
    crumbs: [{ name: said.title, href: adminPaths.registrations }],
    title: said.heading(name),
    view: 'admin/review',
    data: {
      heading: said.heading(name),
      settled: client.status === 'waiting' ? undefined : said.settled,
      findings:
        findings.length > 0 ? findings.map((finding) => said.findings[finding]) : [said.findings.none],
      facts: [
        fact(words.admin.apps.columns.kind, words.admin.apps.kinds[kind]),
        { label: words.admin.newApp.id.label, value: { code: id } },
        ...membersFor(kind)
          .filter((member) => metadata[member] !== undefined)
          .map((member) => fact(words.admin.app.fields[member].label, metadata[member])),
        ...proofFacts(metadata, words),
      ],
      owner: ownerPanel(client, owner, now, words),
      table: matrixOf(scopes, words),
      groups: kind === 'service' ? undefined : whatPeopleRead(scopes, name, words),
      decide: admin.mayChange && client.status === 'waiting',
      action: adminPaths.app(id, 'review'),
      csrf: admin.csrf,
      version,
      reason: { ...reasonField(words), hint: said.reasonHint },
      app: adminPaths.app(id),
    },
  })
}
