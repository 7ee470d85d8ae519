import type { SEARCHABLE } from '../definitions/datatypes.ts'
import type { Path, SearchType } from '../definitions/types.ts'
import { emitDate, emitPeriod, emitTiming } from './date.ts'
import { emitMoney, emitNumber, emitQuantity, emitRange, emitSampledData } from './quantity.ts'
import { createReferenceEmitters, type Home } from './reference.ts'
import type { Emitter } from './rows.ts'
import { emitAddress, emitHumanName, emitText } from './text.ts'
import { emitCode, emitCodeableConcept, emitCoding, emitContactPoint, emitIdentifier } from './token.ts'
import { emitCanonical, emitUri } from './uri.ts'

/** One emitter for each datatype that a type of search can use. References need to know where home is. */
type Table = {
  readonly [Type in Exclude<keyof typeof SEARCHABLE, 'reference'>]: {
    readonly [Datatype in (typeof SEARCHABLE)[Type][number]]: Emitter
  }
}

const TABLE: Table = {
  number: {
    integer: emitNumber,
    decimal: emitNumber,
    positiveInt: emitNumber,
    unsignedInt: emitNumber,
    Range: emitRange,
  },
  date: { date: emitDate, dateTime: emitDate, instant: emitDate, Period: emitPeriod, Timing: emitTiming },
  string: { string: emitText, markdown: emitText, HumanName: emitHumanName, Address: emitAddress },
  token: {
    code: emitCode,
    boolean: emitCode,
    id: emitCode,
    string: emitCode,
    uri: emitCode,
    Coding: emitCoding,
    CodeableConcept: emitCodeableConcept,
    Identifier: emitIdentifier,
    ContactPoint: emitContactPoint,
  },
  quantity: {
    Quantity: emitQuantity,
    Age: emitQuantity,
    Count: emitQuantity,
    Distance: emitQuantity,
    Duration: emitQuantity,
    Money: emitMoney,
    Range: emitRange,
    SampledData: emitSampledData,
  },
  uri: { uri: emitUri, url: emitUri, canonical: emitCanonical, oid: emitUri, uuid: emitUri },
}

/** What turns the values at a path into rows; undefined if that type of search cannot use the datatype. */
export function emitterOf(type: SearchType, path: Path, home: Home): Emitter | undefined {
  const table: Partial<Record<string, Partial<Record<string, Emitter>>>> = TABLE
  if (type !== 'reference') return table[type]?.[path.datatype]
  const { emitReference, emitUriReference, emitResource } = createReferenceEmitters(home, path.target)
  switch (path.datatype) {
    case 'Reference':
      return emitReference
    case 'canonical':
    case 'uri':
      return emitUriReference
    case 'Resource':
      return emitResource
    default:
      return undefined
  }
}
