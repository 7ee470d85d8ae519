import { type ClientKind, clientKinds } from '../../../clients/client.ts'
import type { Problem } from '../../../lib/errors.ts'
import { parseScopes, type Vocabulary } from '../../../smart/scope.ts'
import type { Page } from '../../render.ts'
import { adminPage } from '../admin-page.ts'
import { reasonField } from '../confirm-page.ts'
import type { Admin } from '../door.ts'
import { mistakeFor, summaryOf } from '../mistakes.ts'
import type { Fact, Field } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { matrixOf, whatPeopleRead } from './access-page.ts'
import { fieldsIn, keySourceForm, lookedAt } from './key-fields.ts'
import type { Looked } from './key-source.ts'
import { carried, metadataOf, type NewApp } from './new-fields.ts'
import { proofFacts } from './proof-facts.ts'
import { scopeFields } from './scopes-page.ts'
import { settingsFields } from './settings-fields.ts'

const crumbs = ({ words }: Admin) => [{ name: words.admin.apps.title, href: adminPaths.apps }]

/** First: which kind of app it is. */
export function chooseKindPage(admin: Admin): Page {
  const { words } = admin
  const said = words.admin.newApp
  return adminPage(admin.frame, words, {
    part: 'apps',
    crumbs: crumbs(admin),
    title: said.title,
    view: 'admin/app-new-kind',
    data: {
      options: {
        name: 'kind',
        legend: said.which,
        options: clientKinds.map((value, index) => ({ value, ...said.kinds[value], checked: index === 0 })),
      },
      action: adminPaths.newApp,
      keepHref: adminPaths.apps,
    },
  })
}

export type NewAppModel = {
  admin: Admin
  app: NewApp
  blank: number
  looked: Looked | undefined
  problems: readonly Problem[]
  now: number
}

/** Then: the fields that fit it; posts them all, and `do` (`review`, `check`, `more`). */
export function newAppPage({ admin, app, blank, looked, problems, now }: NewAppModel): Page {
  const { words } = admin
  const said = words.admin.newApp
  const { kind, values, keys, scopes, id } = app
  const seen = settingsFields(kind, 'seen', values, problems, words)
  const runs = settingsFields(kind, 'runs', values, problems, words)
  const keySource = keySourceForm(kind, keys, problems, words)
  const idProblem = problems.find(({ path }) => path === 'client_id')
  const idField: Field = {
    name: 'client_id',
    ...said.id,
    value: id,
    problem: idProblem && mistakeFor(idProblem, words),
  }
  const summary = summaryOf(problems, [...seen, ...runs, idField, ...fieldsIn(keySource)], words)
  return adminPage(admin.frame, words, {
    part: 'apps',
    crumbs: [...crumbs(admin), { name: said.title, href: adminPaths.newApp }],
    title: summary.length > 0 ? words.problem.title(said.kinds[kind].title) : said.kinds[kind].title,
    view: 'admin/app-new',
    kept: { kind },
    data: {
      heading: said.kinds[kind].title,
      kind,
      problems: summary,
      panels: [
        {
          id: 'seen',
          title: kind === 'service' ? words.admin.app.panels.is : words.admin.app.panels.seen,
          fields: seen,
        },
        {
          id: 'runs',
          title: kind === 'service' ? words.admin.app.panels.service : words.admin.app.panels.runs,
          fields: [...runs, idField],
        },
      ],
      keySource,
      looked: looked && lookedAt(looked, now, words),
      ...scopeFields(scopes, blank, kind, words),
      action: adminPaths.newApp,
      csrf: admin.csrf,
      keepHref: adminPaths.newApp,
    },
  })
}

/** Last: everything once more, before it is registered. */
export function reviewNewPage(
  admin: Admin,
  app: NewApp,
  looked: Looked | undefined,
  vocabulary: Vocabulary,
  now: number,
): Page {
  const { words } = admin
  const said = words.admin.newApp
  const metadata = metadataOf(app)
  const { scopes } = parseScopes(String(metadata.scope), vocabulary)
  const name = app.values.client_name ?? ''
  return adminPage(admin.frame, words, {
    part: 'apps',
    crumbs: crumbs(admin),
    title: said.review(name),
    view: 'admin/app-new-review',
    kept: false,
    data: {
      heading: said.review(name),
      facts: factsOf(app.kind, metadata, admin),
      looked: looked && lookedAt(looked, now, words),
      table: matrixOf(scopes, words),
      groups: app.kind === 'service' ? undefined : whatPeopleRead(scopes, name, words),
      carried: carried(app),
      reason: reasonField(words),
      action: adminPaths.newApp,
      csrf: admin.csrf,
    },
  })
}

function factsOf(kind: ClientKind, metadata: Readonly<Record<string, unknown>>, { words }: Admin): Fact[] {
  const { members } = words.admin
  const apart = ['jwks', 'x509', 'application_type', 'client_id', 'token_endpoint_auth_method', 'grant_types']
  const shown = Object.entries(metadata).filter(([member]) => !apart.includes(member))
  const { client_id } = metadata
  return [
    { label: words.admin.apps.columns.kind, value: { text: words.admin.apps.kinds[kind] } },
    ...(client_id === undefined
      ? []
      : [{ label: words.admin.newApp.id.label, value: { code: String(client_id) } }]),
    ...proofFacts(metadata, words),
    ...shown.map(([member, value]) => ({
      label: capital(members[member] ?? member),
      value: Array.isArray(value) ? { code: value.join(', ') } : textOf(String(value)),
    })),
  ]
}

function textOf(value: string) {
  return /^https?:|_|\//.test(value) ? { code: value } : { text: value === '' ? '–' : value }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
