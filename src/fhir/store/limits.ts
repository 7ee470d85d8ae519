import type { Interaction } from '../../smart/letters.ts'
import type { Range } from '../../smart/permit.ts'
import { showsAll } from '../../smart/range.ts'
import { forbidden } from '../access/refusal.ts'
import { differsOutside } from '../access/writable.ts'
import type { Engine } from './engine.ts'
import { type Item, textOf } from './item.ts'
import type { Known } from './place.ts'
import { rangesAround } from './reach.ts'
import { LIVE } from './state.ts'

const seeing: readonly Interaction[] = ['read', 'search-type']

/**
 * Those of the ranges in which the stored state lies that let it be changed in this way: nothing of it is hidden, so
 * that nobody overwrites what they do not see, and the rule's write limits allow what differs.
 * @throws LanyardError `forbidden` if there is none
 */
export async function rangesToChange(
  engine: Engine,
  ranges: readonly Range[],
  before: Known | undefined,
  item: Item,
): Promise<readonly Range[]> {
  const stored = before?.state === LIVE ? before : undefined
  const type = item.exact.resourceType
  const open = await rangesSeenWhole(engine, ranges, type, stored?.rid)
  if (open.every(({ writable }) => writable === undefined)) return open
  const text = textOf(item.exact, 0, 0)
  // What is not there is created by it, and all of it is new. Of what may not be read, it would tell by being refused
  // whether it is as somebody guesses.
  const comparable = stored !== undefined && (await isRead(engine, type, stored.rid)) ? stored.body : null
  const able = open.filter(
    ({ writable }) =>
      writable === undefined ||
      (comparable !== null && !differsOutside(comparable, text, writable, engine.definitions)),
  )
  if (able.length > 0) return able
  const paths = [...new Set(open.flatMap(({ writable }) => writable ?? []))]
  throw forbidden(
    'write-limit',
    `Of this ${type} the roles that count here let only these elements be changed: ${paths.join(', ')}.`,
  )
}

/**
 * Those of the ranges that hide nothing, of a resource of which the access is shown no part only.
 * @param rid of the stored resource, if there is one
 * @throws LanyardError `forbidden`
 */
export async function rangesSeenWhole(
  engine: Engine,
  ranges: readonly Range[],
  type: string,
  rid: number | undefined,
): Promise<readonly Range[]> {
  const open = ranges.filter(showsAll)
  const inPart = rid !== undefined && (await isSeenInPart(engine, type, rid))
  if (open.length > 0 && !inPart) return open
  throw forbidden(
    'hidden-elements',
    `Elements of this ${type} are hidden from the roles that count here, so it cannot be replaced or patched: they would be lost.`,
  )
}

async function isRead(engine: Engine, type: string, rid: number): Promise<boolean> {
  const decision = engine.access.decide('read', type)
  return decision.allowed && (await rangesAround(engine, decision.ranges, type, rid)).length > 0
}

/** Whether the access sees the resource, and no range shows it whole. */
async function isSeenInPart(engine: Engine, type: string, rid: number): Promise<boolean> {
  if (!engine.access.hides) return false
  const ranges = seeing.flatMap((interaction) => {
    const decision = engine.access.decide(interaction, type)
    return decision.allowed ? decision.ranges : []
  })
  if (ranges.every(showsAll)) return false
  const around = await rangesAround(engine, ranges, type, rid)
  return around.length > 0 && !around.some(showsAll)
}
