import { datesIn } from '../dates.ts'
import { fill } from '../sentence.ts'
import type { Words } from '../words/en.ts'
import { memberNames } from './members.ts'
import type { NamedAct } from './named-act.ts'
import type { TimelineItem, Tone } from './parts.ts'
import { adminPaths } from './paths.ts'

const tones: Readonly<Record<string, Tone>> = {
  'client.enable': 'ok',
  'client.disable': 'warn',
  'client.refuse': 'danger',
  'client.remove': 'danger',
  'user.disable': 'warn',
  'user.remove': 'danger',
  'role.disable': 'warn',
  'role.remove': 'danger',
  'api-key.revoke': 'warn',
}

/** An act of an admin as a line of a timeline: who, what, when, what changed and why. */
export function actItem(act: NamedAct, words: Words): TimelineItem {
  const { did, nobody, origins, reason } = words.admin.dashboard.acts
  const { event, at, detail } = act
  const who = act.who ?? origins[String(detail.origin)] ?? nobody
  const dates = datesIn(words)
  // Of what is new or gone, that is all of it.
  const changed = /\.(?:add|remove)$/.test(event) ? [] : memberNames(detail.changed, words)
  return {
    time: { people: dates.time(at), machine: dates.moment(at).machine },
    tone: tones[event] ?? '',
    // A word of a part that is not told here yet is shown as what it says.
    pieces: fill(did[event] ?? '{who!}: {what}', {
      who,
      what: did[event] === undefined ? (words.admin.audit.events[event] ?? event) : whatOf(act),
    }),
    hints: [
      [dates.day(at), ...changed].join(' · '),
      ...(typeof detail.failure === 'string' ? [words.admin.credentials.failure(detail.failure)] : []),
      ...(typeof detail.why === 'string' ? [reason(detail.why)] : []),
    ],
  }
}

function whatOf({ event, app, clientId, detail }: NamedAct): string | { text: string; href: string } {
  if (event.startsWith('api-key.')) return String(detail.name)
  const isGone = event.endsWith('.remove')
  if (typeof detail.role === 'string')
    return isGone ? detail.role : { text: detail.role, href: adminPaths.role(detail.role) }
  if (clientId !== undefined && app !== undefined)
    return isGone ? app : { text: app, href: adminPaths.app(clientId) }
  const username = String(detail.username ?? '')
  return isGone || username === '' ? username : { text: username, href: adminPaths.user(username) }
}
