import type { Abilities, Endpoints } from '../../smart/discovery.ts'
import type { Code, Table } from '../admin/parts.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { codeOf, developerPage } from './developer-page.ts'
import { developerPaths } from './paths.ts'
import { type AppKind, appKinds, outlines, type QuickStarts } from './quick-starts.ts'

type Facts = {
  words: Words
  endpoints: Endpoints
  abilities: Pick<Abilities, 'scopes' | 'capabilities'>
  site: string
  demo: boolean
  kind: AppKind
  quickStarts: QuickStarts
}

/** What stands in the place of a developer's own values. */
const CLIENT = 'your-client-id'
const KEY = 'your-key-id'

/** Code in which the places for one's own values look like places. */
function piecesOf(text: string): Code['pieces'] {
  return text
    .split(new RegExp(`(${CLIENT}|${KEY})`))
    .map((piece) => (piece === CLIENT || piece === KEY ? { text: piece, as: 'i' as const } : { text: piece }))
}

/** Where a developer begins: the addresses, the code for each kind of app, and what works here. */
export function startPage({ words, endpoints, abilities, site, demo, kind, quickStarts }: Facts): Page {
  const { developer, landing } = words
  const { start } = developer
  const smart = `${endpoints.fhirBase}/.well-known/smart-configuration`
  const codes = quickStarts(kind, { clientId: CLIENT, kid: KEY })
  return developerPage(words, {
    tab: 'start',
    title: developer.title,
    kept: { kind },
    view: 'developer/start',
    data: {
      heading: start.heading(site),
      addresses: [
        { id: 'fhir', value: endpoints.fhirBase, ...landing.fhir },
        { id: 'issuer', value: endpoints.issuer, ...landing.issuer },
        { id: 'discovery', value: smart, href: smart, ...landing.smart },
      ],
      steps: [
        { href: `${developerPaths.apps}/new`, ...(demo ? start.registerDemo : start.register) },
        { href: developerPaths.explorer, ...start.explore },
        { href: developerPaths.tools, ...start.check },
      ],
      kinds: appKinds.map((name) => ({
        name: start.kinds[name],
        href: `${developerPaths.start}?kind=${name}#kinds`,
        current: name === kind,
      })),
      notes: start.notes[kind],
      walk: (codes.find(({ steps }) => steps.length > 0)?.steps ?? []).map(({ step, text }) => ({
        ...start.walk[step],
        code: { caption: start.walk[step].caption, what: undefined, pieces: piecesOf(text) },
      })),
      codes: codes.map(({ language, text }) => ({
        whole: start.whole(language),
        code: {
          caption: outlines.includes(kind) ? `${language}, ${start.outline}` : language,
          what: start.code(language),
          pieces: piecesOf(text),
        },
      })),
      features: featuresOf(words),
      scopes: codeOf(start.scopes, abilities.scopes.join('\n')),
      capabilities: codeOf(start.capabilities, abilities.capabilities.join('\n')),
    },
  })
}

function featuresOf({ developer: { start } }: Words): Table {
  const { heading, feature, state, short, ready, rows } = start.features
  return {
    caption: heading,
    columns: [{ label: feature }, { label: state }, { label: short }],
    rows: rows.map((row) => [
      { text: row.name },
      { badges: [{ text: ready, tone: 'ok' }] },
      { text: row.short },
    ]),
  }
}
