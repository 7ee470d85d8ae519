import type { CheckedToken } from '../../smart/access-token.ts'
import type { Notice, Table } from '../admin/parts.ts'
import { datesIn } from '../dates.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { codeOf, type Finding, toolPage } from './developer-page.ts'

type Members = Readonly<Record<string, unknown>>

/** What a token turned out to be. */
export type Inspected = { header: Members | undefined; claims: Members | undefined; checked: CheckedToken }

/** Longest value and most members that are shown of what anybody may have made up. */
const LONGEST = 2000
const MOST = 50

/** The three parts of a JWT taken apart, unverified; nothing for any other text. */
export function partsOf(token: string): Pick<Inspected, 'header' | 'claims'> {
  const [header, claims, signature] = token.split('.')
  return signature === undefined
    ? { header: undefined, claims: undefined }
    : { header: objectIn(header), claims: objectIn(claims) }
}

/** The token inspector. Field `token`. @param inspected nothing before a token was pasted */
export function tokenPage(inspected: Inspected | undefined, words: Words): Page {
  const { token } = words.developer
  return toolPage(words, {
    tool: 'token',
    method: 'post',
    heading: token.heading,
    lead: token.lead,
    kept: inspected === undefined ? {} : false,
    fields: [{ name: 'token', label: token.field, type: 'area', rows: 5, required: true, value: '' }],
    button: token.button,
    notice: inspected && verdictOf(inspected, words),
    findings: inspected === undefined ? [] : findingsOf(inspected, words),
  })
}

function verdictOf({ checked, header, claims }: Inspected, { developer: { token } }: Words): Notice {
  if ('live' in checked) return { tone: 'ok', text: token.active }
  if (claims === undefined) return { tone: 'danger', text: token.unreadable }
  const typ = typeof header?.typ === 'string' ? header.typ.toLowerCase() : undefined
  if (typ !== 'at+jwt') return { tone: 'info', text: token.other }
  return { tone: 'warn', text: checked.refused === 'token-expired' ? token.expired : token.ended }
}

function findingsOf({ header, claims, checked }: Inspected, words: Words): Finding[] {
  const { token } = words.developer
  const live = 'live' in checked ? checked.live : undefined
  const tables = [
    { heading: token.header, members: header },
    { heading: token.claims, members: live === undefined ? claims : { ...claims, ...live.claims } },
  ].flatMap(({ heading, members }) =>
    members === undefined ? [] : [{ heading, table: tableOf(heading, members, words) }],
  )
  const scope = live && codeOf(token.scope, live.scope.replaceAll(' ', '\n'))
  return [...(scope === undefined ? [] : [{ heading: token.scope, codes: [scope] }]), ...tables]
}

const instants = new Set(['iat', 'exp', 'nbf', 'auth_time'])

function tableOf(caption: string, members: Members, words: Words): Table {
  const { claim, value, meaning, meanings, own } = words.developer.token
  const dates = datesIn(words)
  return {
    caption,
    columns: [{ label: claim }, { label: value }, { label: meaning }],
    rows: Object.entries(members)
      .slice(0, MOST)
      .map(([name, said]) => [
        { code: name.slice(0, 100) },
        {
          code: (typeof said === 'string' ? said : JSON.stringify(said)).slice(0, LONGEST),
          ...(instants.has(name) && isSeconds(said) && { hint: dates.moment(said * 1000).people }),
        },
        { text: Object.hasOwn(meanings, name) ? meanings[name as keyof typeof meanings] : own },
      ]),
  }
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < 8.64e12
}

function objectIn(part: string | undefined): Members | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? '', 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Members)
      : undefined
  } catch {
    return undefined
  }
}
