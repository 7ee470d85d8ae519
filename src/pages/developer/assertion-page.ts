import type { Notice } from '../admin/parts.ts'
import { datesIn } from '../dates.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { codeOf, type Finding, toolPage } from './developer-page.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { FailedOfApp } from './failed-assertions.ts'
import { failedAssertionPath } from './paths.ts'
import type { QuickStart } from './quick-starts.ts'

export type AssertionModel = {
  clientId: string
  keys: string
  /** What is wrong with the keys that were brought along, as a sentence. */
  keysProblem?: string | undefined
  diagnosis?: Diagnosis | undefined
  /** The assertion that the diagnosis is of, if it was not pasted. */
  last?: FailedOfApp | undefined
  /** Others that can be looked at. */
  failures?: readonly FailedOfApp[] | undefined
  /** How to make one that is right. */
  codes: readonly QuickStart[]
}

/** Characters of a part that are shown. */
const LONGEST = 8000

/** The assertion doctor. Fields `assertion`, `client_id`, `keys`. */
export function assertionPage(model: AssertionModel, words: Words): Page {
  const { clientId, keys, keysProblem, diagnosis, codes, last, failures = [] } = model
  const { assertion } = words.developer
  return toolPage(words, {
    tool: 'assertion',
    method: 'post',
    heading: assertion.heading,
    lead: assertion.lead,
    kept: keptOf(model),
    fields: [
      {
        name: 'assertion',
        label: assertion.field,
        hint: assertion.hint,
        type: 'area',
        rows: 5,
        required: true,
        value: '',
      },
      { name: 'client_id', label: assertion.client, hint: assertion.clientHint, value: clientId },
      {
        name: 'keys',
        label: assertion.keys,
        hint: assertion.keysHint,
        type: 'area',
        rows: 3,
        value: keys,
        problem: keysProblem,
      },
    ],
    button: assertion.button,
    notice: last ? failedNotice(last, words) : diagnosis && verdictOf(diagnosis, words),
    findings: [
      ...(diagnosis === undefined ? [] : findingsOf(diagnosis, words)),
      ...(failures.length === 0 ? [] : [failuresFound(failures, words)]),
      {
        heading: assertion.right,
        codes: codes.map(({ language, text }) => codeOf(language, text, assertion.code(language))),
      },
    ],
  })
}

/** What was pasted is in no address, so only the form as it stands can be asked for in another language. */
function keptOf({ last, diagnosis, keysProblem }: AssertionModel): Page['kept'] {
  if (last !== undefined) return { failed: last.client.id }
  return diagnosis === undefined && keysProblem === undefined ? {} : false
}

function verdictOf({ checks }: Diagnosis, { developer: { assertion } }: Words): Notice {
  const failures = checks.filter(({ outcome }) => outcome === 'failed').length
  if (failures > 0) return { tone: 'danger', text: assertion.bad(failures) }
  return checks.every(({ outcome }) => outcome === 'passed')
    ? { tone: 'ok', text: assertion.good }
    : { tone: 'info', text: assertion.open }
}

/** What the token endpoint said then. */
function failedNotice({ client, failed }: FailedOfApp, words: Words): Notice {
  const when = datesIn(words).moment(failed.at).people
  return {
    tone: 'danger',
    text: words.developer.assertion.failed.notice(client.metadata.client_name, when),
    quote: failed.sentence,
  }
}

function failuresFound(failures: readonly FailedOfApp[], words: Words): Finding {
  const { heading, columns } = words.developer.assertion.failed
  return {
    heading,
    table: {
      caption: heading,
      columns: [{ label: columns.app }, { label: columns.when }, { label: columns.reason }],
      rows: failures.map(({ client, failed }) => [
        { text: client.metadata.client_name, href: failedAssertionPath(client.id) },
        { time: datesIn(words).moment(failed.at) },
        { code: failed.reason },
      ]),
    },
  }
}

function findingsOf({ header, claims, checks }: Diagnosis, { developer: { assertion } }: Words): Finding[] {
  const told = checks.map(({ step, outcome, sentence }) => ({
    state: outcome === 'passed' ? ('ok' as const) : outcome,
    title: assertion.steps[step],
    // As the token endpoint would say it.
    quote: outcome === 'failed' ? sentence : undefined,
    text: outcome === 'failed' ? assertion.mend[step] : undefined,
  }))
  const parts = [
    { caption: assertion.header, value: header },
    { caption: assertion.claims, value: claims },
  ].flatMap(({ caption, value }) =>
    value === undefined ? [] : [codeOf(caption, JSON.stringify(value, null, 2).slice(0, LONGEST))],
  )
  return [
    { heading: assertion.checks, checks: told },
    ...(parts.length === 0 ? [] : [{ heading: assertion.sent, codes: parts }]),
  ]
}
