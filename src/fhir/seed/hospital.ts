import { LanyardError } from '../../lib/errors.ts'
import { dayOf } from './calendar.ts'
import { type Chart, openChart } from './chart.ts'
import { openGroups } from './groups.ts'
import { EARLIEST_ANCHOR } from './people.ts'
import { person } from './person.ts'
import { mix, random } from './random.ts'
import type { Resource } from './resource.ts'
import { openSite, type Site } from './site.ts'
import { siteResources } from './site-resources.ts'
import { cast } from './stories/casting.ts'
import { closing, opening } from './stories/everyone.ts'

export { DEMO, type DemoPerson, MRN_SYSTEM } from './demo.ts'
export type { Resource } from './resource.ts'

export type HospitalOptions = {
  patients: number
  /** The day the story has come to, `YYYY-MM-DD`: later are only appointments, plans and goals. */
  anchor?: string
  /** Which people it draws; with the default one, the first hundred tell every story. */
  seed?: number
}

/**
 * A synthetic hospital in FHIR R4, US Core shaped: the same options give the same resources on any machine.
 * They come one by one, what is referred to before what refers to it, and nothing is kept. The first
 * patients are the people of the drawings; the patient at an index is the same in a hospital of any size.
 * @throws LanyardError `invalid-request` for a number of patients or an anchor it cannot tell of
 */
export function* hospital({
  patients,
  anchor = '2026-11-01',
  seed = 5,
}: HospitalOptions): Iterable<Resource> {
  if (!Number.isInteger(patients) || patients < 1 || patients > 1_000_000) {
    throw new LanyardError('invalid-request', 'Ask for 1 to 1,000,000 patients.')
  }
  const today = dayOf(anchor)
  if (!(today >= dayOf(EARLIEST_ANCHOR))) {
    throw new LanyardError(
      'invalid-request',
      `Give the anchor as a date from ${EARLIEST_ANCHOR} on, e.g. 2026-11-01.`,
    )
  }
  const site = openSite(patients)
  const groups = openGroups()
  yield* siteResources(site, today)
  for (let index = 0; index < patients; index++) {
    const chart = write(index, seed, today, site)
    groups.meet(chart)
    yield* chart.resources
  }
  yield* groups.resources()
}

/** Writes the whole chart of the patient at `index`. */
function write(index: number, seed: number, today: number, site: Site): Chart {
  const lot = random(mix(seed, index))
  const who = person(index, seed, today, lot)
  const chart = openChart(who, site, today, lot)
  const stories = cast(who, lot)
  for (const { name } of stories) chart.stories.add(name)
  const acts = stories.map((story) => story.begin(chart))
  opening(chart)
  for (const act of acts) act()
  closing(chart)
  return chart
}
