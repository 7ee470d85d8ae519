import type { z } from 'zod'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import type { Words } from '../../words/en.ts'
import { confirmPage } from '../confirm-page.ts'
import type { Admin } from '../door.ts'
import type { AdminOperations } from '../operations/table.ts'
import type { Cell, Tone } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'

export type Keys = z.input<AdminOperations['server']['keys']['output']>
type Key = Keys['items'][number]

const order = ['current', 'next', 'previous'] as const
const tones = { current: 'ok', next: 'info', previous: '' } as const satisfies Record<string, Tone>

/** The keys that sign tokens, by algorithm. */
export function keysPage(
  admin: Admin,
  { keys, jwks, now, done }: { keys: Keys; jwks: string; now: number; done: string | undefined },
): Page {
  const { words, frame, mayChange } = admin
  const said = words.admin.signingKeys
  const old = keys.items.some(({ rotate_before: before }) => before !== undefined && Date.parse(before) < now)
  return sheetPage(frame, words, {
    part: 'keys',
    title: said.title,
    lead: said.lead,
    notice: done ? { tone: 'ok', text: done } : old ? { tone: 'warn', text: said.old } : undefined,
    sections: [
      ...(['ES256', 'RS256'] as const).map((alg) => ({
        heading: said.algorithms[alg],
        table: {
          caption: said.algorithms[alg],
          columns: (['kid', 'state', 'since', 'created', 'until'] as const).map((id) => ({
            label: said.columns[id],
          })),
          rows: keys.items
            .filter((key) => key.alg === alg)
            .toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state))
            .map((key) => rowOf(key, words)),
        },
      })),
      {
        heading: said.use.heading,
        text: said.use.text,
        facts: [{ label: 'JWKS', value: { text: jwks, href: jwks } }],
        links: mayChange ? [{ text: said.rotate, href: `${adminPaths.keys}/rotate` }] : [],
      },
    ],
  })
}

function rowOf(key: Key, words: Words): Cell[] {
  const { kid, state, since, created, rotate_before: rotateBefore, published_until: publishedUntil } = key
  const { signingKeys } = words.admin
  const dates = datesIn(words)
  const moment = (at: string): Cell => ({ time: dates.moment(Date.parse(at)) })
  const until =
    rotateBefore !== undefined
      ? { text: signingKeys.rotateBefore(dates.day(Date.parse(rotateBefore))) }
      : publishedUntil !== undefined
        ? { text: signingKeys.publishedUntil(dates.moment(Date.parse(publishedUntil)).people) }
        : { text: signingKeys.waits, muted: true }
  return [
    { code: kid },
    { badges: [{ text: signingKeys.states[state], tone: tones[state] }] },
    moment(since),
    moment(created),
    until,
  ]
}

/** Whether to rotate. Posts `version` and `reason`. */
export function rotatePage({ frame, words, csrf }: Admin, { version }: Pick<Keys, 'version'>): Page {
  const said = words.admin.signingKeys
  return confirmPage(frame, words, {
    part: 'keys',
    crumbs: [{ name: said.title, href: adminPaths.keys }],
    heading: said.ask.heading,
    effect: said.ask.effect,
    danger: true,
    button: said.rotate,
    action: `${adminPaths.keys}/rotate`,
    keep: said.ask.keep,
    keepHref: adminPaths.keys,
    csrf,
    version,
  })
}
