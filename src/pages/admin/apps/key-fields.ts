import type { ClientKind } from '../../../clients/client.ts'
import type { KeyReport } from '../../../clients/key-report.ts'
import type { Certificate } from '../../../clients/x509.ts'
import type { Problem } from '../../../lib/errors.ts'
import { DAY } from '../../../lib/time.ts'
import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import { mistakeFor } from '../mistakes.ts'
import type { Badge, Cell, Fact, Field, Options, Table } from '../parts.ts'
import { type KeyFields, type KeySource, type Looked, look } from './key-source.ts'

/** partials/admin-key-source.ejs: where the keys come from, and the fields of each way. */
export type KeySourceForm = {
  options: Options
  url: Field
  keys: readonly Field[]
  certificate: readonly Field[]
}

const sources: Readonly<Record<ClientKind, readonly KeySource[]>> = {
  browser: [],
  native: [],
  server: ['secret', 'url', 'keys', 'certificate'],
  service: ['url', 'keys', 'certificate'],
}

/** The form for an app of this kind; nothing for one that has no credentials. */
export function keySourceForm(
  kind: ClientKind,
  fields: KeyFields,
  problems: readonly Problem[],
  words: Words,
): KeySourceForm | undefined {
  const said = words.admin.credentials
  const ways = sources[kind]
  if (ways.length === 0) return undefined
  const from = ways.includes(fields.from) ? fields.from : 'url'
  const problem = (name: 'jwks_uri' | 'jwks' | 'x509', source: KeySource): string | undefined => {
    const found = from === source ? problems.find(({ path }) => path.split('.')[0] === name) : undefined
    return found && mistakeFor(found, words)
  }
  return {
    options: {
      name: 'from',
      legend: said.from,
      options: ways.map((value) => ({ value, ...said.sources[value], checked: value === from })),
    },
    url: {
      name: 'jwks_uri',
      ...said.fields.jwks_uri,
      type: 'url',
      value: fields.jwks_uri,
      problem: problem('jwks_uri', 'url'),
    },
    keys: [
      { name: 'jwks_file', ...said.fields.jwks_file, type: 'file', accept: '.json,application/json' },
      {
        name: 'jwks',
        ...said.fields.jwks,
        type: 'area',
        rows: 5,
        // A private key is not shown around once more.
        value: isBurnt(fields) ? '' : fields.jwks,
        problem: problem('jwks', 'keys'),
      },
    ],
    certificate: [
      { name: 'x509_file', ...said.fields.x509_file, type: 'file', accept: '.pem,.crt,.cer,.der' },
      {
        name: 'x509',
        ...said.fields.x509,
        type: 'area',
        rows: 5,
        value: fields.x509,
        problem: problem('x509', 'certificate'),
      },
    ],
  }
}

function isBurnt(fields: KeyFields): boolean {
  const looked = look(fields)
  return looked?.what === 'keys' && looked.report.hasPrivate
}

/** All fields of the form, for the summary of what is wrong. */
export function fieldsIn(form: KeySourceForm | undefined): Field[] {
  return form === undefined ? [] : [form.url, ...form.keys, ...form.certificate]
}

/** What was found in a file before it is saved. */
export function lookedAt(looked: Looked, now: number, words: Words) {
  const said = words.admin.credentials
  if (looked.what === 'keys') {
    const { report } = looked
    return {
      title: said.found.keys,
      badge: {
        tone: report.usable === report.keys.length && report.usable > 0 ? 'ok' : 'warn',
        text: said.found.usable(report.usable, report.keys.length),
      },
      table: reportTable(report, now, words),
      notice: report.hasPrivate
        ? { tone: 'danger', text: said.found.private }
        : { tone: 'ok', text: said.found.public },
    }
  }
  if (looked.what === 'certificate')
    return { title: said.found.certificate, facts: certificateFacts(looked.certificate, now, words) }
  return undefined
}

/** One line for each key: which, how strong, until when, and whether it can be used. */
export function reportTable({ keys }: Pick<KeyReport, 'keys'>, now: number, words: Words): Table {
  const { columns, caption, usable, notUsed, problems } = words.admin.credentials.table
  return {
    caption,
    columns: (['kid', 'alg', 'end', 'result'] as const).map((id) => ({ label: columns[id] })),
    rows: keys.map(({ kid, alg, strength, end, problem }) => [
      { code: kid === '' ? '–' : kid },
      { text: [alg, strength].filter((part) => part !== '').join(', ') },
      endCell(end, now, words),
      problem === undefined
        ? { badges: [{ tone: 'ok', text: usable, mark: 'check' }] }
        : { badges: [{ tone: 'danger', text: notUsed, mark: 'cross' }], hint: problems[problem] },
    ]),
  }
}

/** When something ends, with how long that is where it is soon. */
export function endCell(end: number | undefined, now: number, words: Words): Cell {
  const { notStated, over } = words.admin.credentials
  if (end === undefined) return { text: notStated, muted: true }
  const dates = datesIn(words)
  const badge: Badge | undefined =
    end <= now
      ? { tone: 'danger', text: over }
      : end < now + 60 * DAY
        ? { tone: 'warn', text: dates.left(end - now) }
        : undefined
  return { text: dates.day(end), badges: badge === undefined ? [] : [badge] }
}

export function certificateFacts(certificate: Certificate, now: number, words: Words): Fact[] {
  const { facts } = words.admin.credentials.certificate
  const { subject, issuer, thumbprint, not_before, not_after } = certificate
  return [
    { label: facts.subject, value: { text: subject } },
    { label: facts.issuer, value: { text: issuer } },
    { label: facts.from, value: { text: datesIn(words).day(not_before) } },
    { label: facts.until, value: endCell(not_after, now, words) },
    { label: facts.thumbprint, value: { code: thumbprint } },
    { label: facts.kid, value: { code: thumbprint } },
  ]
}
