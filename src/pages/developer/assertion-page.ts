import type { Notice } from '../admin/parts.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { codeOf, type Finding, toolPage } from './developer-page.ts'
import type { QuickStart } from './quick-starts.ts'

/** A step of the examination, as oidc/assertion-doctor.ts names it. */
export type Step = keyof Words['developer']['assertion']['steps']

/** What the doctor found. */
export type Diagnosis = {
  header: Readonly<Record<string, unknown>> | undefined
  claims: Readonly<Record<string, unknown>> | undefined
  checks: readonly { step: Step; outcome: 'passed' | 'failed' | 'skipped'; sentence?: string }[]
}

export type AssertionModel = {
  clientId: string
  keys: string
  /** What is wrong with the keys that were brought along. */
  keysProblem?: string | undefined
  diagnosis?: Diagnosis | undefined
  /** How to make one that is right. */
  codes: readonly QuickStart[]
}

/** Characters of a part that are shown. */
const LONGEST = 8000

/** The assertion doctor. Fields `assertion`, `client_id`, `keys`. */
export function assertionPage(model: AssertionModel, words: Words): Page {
  const { clientId, keys, keysProblem, diagnosis, codes } = model
  const { assertion } = words.developer
  return toolPage(words, {
    tool: 'assertion',
    method: 'post',
    heading: assertion.heading,
    lead: assertion.lead,
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
        problem: keysProblem === undefined ? undefined : assertion.keysWrong(keysProblem),
      },
    ],
    button: assertion.button,
    notice: diagnosis && verdictOf(diagnosis, words),
    findings: [
      ...(diagnosis === undefined ? [] : findingsOf(diagnosis, words)),
      {
        heading: assertion.right,
        codes: codes.map(({ language, text }) => codeOf(language, text, assertion.code(language))),
      },
    ],
  })
}

function verdictOf({ checks }: Diagnosis, { developer: { assertion } }: Words): Notice {
  const failures = checks.filter(({ outcome }) => outcome === 'failed').length
  if (failures > 0) return { tone: 'danger', text: assertion.bad(failures) }
  return checks.every(({ outcome }) => outcome === 'passed')
    ? { tone: 'ok', text: assertion.good }
    : { tone: 'info', text: assertion.open }
}

function findingsOf({ header, claims, checks }: Diagnosis, { developer: { assertion } }: Words): Finding[] {
  const told = checks.map(({ step, outcome, sentence }) => ({
    state: outcome === 'passed' ? ('ok' as const) : outcome,
    title: assertion.steps[step],
    // A key id may hold anything, and a backtick would begin a piece of code.
    text: outcome === 'failed' ? `${sentence ?? ''} ${assertion.mend[step]}`.replaceAll('`', "'") : undefined,
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
