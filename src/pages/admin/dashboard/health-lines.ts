import { datesIn } from '../../dates.ts'
import type { Words } from '../../words/en.ts'
import { millisecondsOf } from '../milliseconds.ts'
import type { Tone } from '../parts.ts'
import type { Health } from './health.ts'

const dialects = { sqlite: 'SQLite', postgres: 'PostgreSQL' } as const

/** What works and what does not, a line each. */
export function healthLines(
  health: readonly Health[],
  words: Words,
): { name: string; tone: Tone; state: string; text: string }[] {
  const { states, names } = words.admin.dashboard.health
  return health.map((one) => ({
    name: names[one.what],
    tone: one.state,
    state: states[one.state],
    text: textOf(one, words),
  }))
}

function textOf(one: Health, words: Words): string {
  const { health } = words.admin.dashboard
  switch (one.what) {
    case 'database':
      return one.milliseconds === undefined
        ? health.databaseDown
        : `${dialects[one.dialect]}, ${millisecondsOf(one.milliseconds, words)}`
    case 'fhir':
      return one.milliseconds === undefined
        ? health.fhirIdle
        : `${millisecondsOf(one.milliseconds, words)}, p95`
    case 'audit':
      return one.state === 'ok' ? health.audit.ok : health.audit.danger
    case 'disk': {
      const share = new Intl.NumberFormat(words.locale, { style: 'percent' }).format(one.free / one.total)
      return health.disk(bytesOf(one.free, words), share)
    }
    case 'keys':
      return one.before === undefined ? health.keysMissing : health.keys(datesIn(words).day(one.before))
  }
}

function bytesOf(bytes: number, { locale }: Words): string {
  const unit = bytes >= 1024 ** 3 ? 'gigabyte' : 'megabyte'
  const size = bytes / (unit === 'gigabyte' ? 1024 ** 3 : 1024 ** 2)
  return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 0 }).format(size)
}
