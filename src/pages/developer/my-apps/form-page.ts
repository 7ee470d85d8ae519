import { type ClientKind, clientKinds } from '../../../clients/client.ts'
import type { Problem } from '../../../lib/errors.ts'
import { fieldsIn, keySourceForm } from '../../admin/apps/key-fields.ts'
import type { KeyFields } from '../../admin/apps/key-source.ts'
import { type SettingsValues, settingsFields } from '../../admin/apps/settings-fields.ts'
import { mistakeFor, summaryOf } from '../../admin/mistakes.ts'
import type { Field } from '../../admin/parts.ts'
import type { Page } from '../../render.ts'
import { developerPage } from '../developer-page.ts'
import { developerPaths } from '../paths.ts'
import type { DeveloperVisitor } from './door.ts'

/** First: which kind of app it is. */
export function ownKindPage({ words, head }: DeveloperVisitor): Page {
  const said = words.myApps
  return developerPage(words, {
    tab: 'apps',
    title: said.new,
    user: head,
    view: 'developer/app-kind',
    data: {
      options: {
        name: 'kind',
        legend: said.which,
        options: clientKinds.map((value, index) => ({
          value,
          ...words.admin.newApp.kinds[value],
          checked: index === 0,
        })),
      },
      action: developerPaths.newApp,
      keepHref: developerPaths.apps,
    },
  })
}

/** What a form about an app holds; a form has the parts that are there. */
export type OwnAppForm = {
  kind: ClientKind
  settings?: { values: SettingsValues; scope: string } | undefined
  keys?: KeyFields | undefined
}

/** An app as a form: a new one, its settings, or its keys. */
export function ownFormPage(
  { words, head, csrf }: DeveloperVisitor,
  form: OwnAppForm,
  more: {
    heading: string
    lead: string
    button: string
    action: string
    keepHref: string
    version?: number | undefined
    problems: readonly Problem[]
  },
): Page {
  const { kind, settings, keys } = form
  const { problems } = more
  const said = words.myApps.fields
  const { panels: names } = words.admin.app
  const fieldsOf = (panel: 'seen' | 'runs') =>
    settings === undefined
      ? []
      : settingsFields(kind, panel, settings.values, problems, words).filter(
          ({ name }) => name !== 'responsible_user',
        )
  const panels = [
    { id: 'seen', title: names.seen, fields: fieldsOf('seen') },
    { id: 'runs', title: names.runs, fields: fieldsOf('runs') },
    ...(settings === undefined
      ? []
      : [{ id: 'scopes', title: said.scopes, fields: [scopeField(settings.scope)] }]),
  ].filter(({ fields }) => fields.length > 0)
  const keySource = keys === undefined ? undefined : keySourceForm(kind, keys, problems, words)
  const summary = summaryOf(
    problems,
    [...panels.flatMap(({ fields }) => fields), ...fieldsIn(keySource)],
    words,
  )
  return developerPage(words, {
    tab: 'apps',
    title: summary.length > 0 ? words.problem.title(more.heading) : more.heading,
    user: head,
    kept: more.version === undefined ? { kind } : {},
    view: 'developer/app-form',
    data: {
      version: undefined,
      ...more,
      kind,
      csrf,
      panels,
      keySource,
      problems: summary,
    },
  })

  function scopeField(value: string): Field {
    const problem = problems.find(({ path }) => path === 'scope')
    return {
      name: 'scope',
      ...(kind === 'service' ? said.serviceScope : said.scope),
      type: 'area',
      rows: 4,
      value,
      problem: problem && mistakeFor(problem, words),
    }
  }
}
