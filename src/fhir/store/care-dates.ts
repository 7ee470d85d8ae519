import type { Definitions } from '../definitions/definitions.ts'
import type { Names } from './names.ts'

/** Parameters that tell when care was given, as opposed to when somebody was born; the first that a type has counts. */
const codes = [
  'authoredon',
  'date',
  'effective',
  'effective-time',
  'occurrence',
  'onset-date',
  'started',
  'period',
  'whenhandedover',
  'sent',
  'start-date',
  'collected',
  'identified',
  'authored',
  'created',
] as const

/** The stored parameters that hold the dates of care of these types. */
export function careDates(
  types: readonly string[],
  definitions: Pick<Definitions, 'searchParameter'>,
  names: Pick<Names, 'paramIds'>,
): number[] {
  return types.flatMap((type) => {
    const found = codes.map((code) => definitions.searchParameter(type, code))
    const first = found.find((parameter) => parameter?.type === 'date')
    return first === undefined ? [] : names.paramIds(type, first)
  })
}
