import type { Day } from '../calendar.ts'
import type { Chart } from '../chart.ts'

/** What happens to a patient: one illness, one time of life. */
export type Story = {
  name: string
  /** Decides the course of the body; what it returns then writes what happens. */
  begin(chart: Chart): () => void
}

/** A day between so many days ago, never before birth. */
export function ago(chart: Chart, most: number, least: number): Day {
  return Math.max(chart.now - chart.random.whole(least, most), chart.person.birth)
}

/** She or he, at the start of a sentence of a note. */
export function pronoun({ person }: Chart): string {
  return person.sex === 'female' ? 'She' : 'He'
}
