import type { Chart } from '../chart.ts'
import { hl7, type Reference, US_CORE } from '../codes.ts'
import { HOSPITAL } from '../site.ts'
import { afterwards, type Visit } from './visits.ts'

const AUTHOR = hl7('provenance-participant-type', 'author Author')
const TRANSMITTER = {
  coding: [
    {
      system: `${US_CORE}/CodeSystem/us-core-provenance-participant-type`,
      code: 'transmitter',
      display: 'Transmitter',
    },
  ],
  text: 'Transmitter',
}
const CREATE = hl7('v3-DataOperation', 'CREATE create')

/** Writes who made these resources of a visit, for whom, and who sent them on. */
export function provenance(chart: Chart, visit: Visit, target: readonly Reference[]): void {
  chart.add(
    'Provenance',
    {
      target,
      occurredDateTime: afterwards(visit, 10),
      recorded: afterwards(visit, 12),
      activity: CREATE,
      agent: [
        { type: AUTHOR, who: visit.clinician.who, onBehalfOf: visit.clinician.department },
        { type: TRANSMITTER, who: HOSPITAL },
      ],
    },
    { label: visit.label },
  )
}
