import type { Component } from '../definitions/types.ts'
import { emitterOf } from './emitters.ts'
import { addPath, createPlan, type Plan, run } from './plan.ts'
import type { Home } from './reference.ts'
import type { IndexRow, PairHalf, SimpleRow } from './rows.ts'
import { isElement } from './values.ts'

/** No honest element comes near this many combinations; a hostile one could ask for billions. */
const MOST_PAIRS = 1000

/** Adds a pair for each combination of the two components' values on one element. */
export function createPairEmitter(
  [first, second]: readonly [Component, Component],
  home: Home,
): (element: unknown, param: string, rows: IndexRow[]) => void {
  const firstHalves = createHalves(first, home)
  const secondHalves = createHalves(second, home)
  return (element, param, rows) => {
    const ones = firstHalves(element)
    const others = ones.length > 0 ? secondHalves(element) : []
    let left = MOST_PAIRS
    for (const one of ones) {
      for (const other of others) {
        if (left-- <= 0) return
        rows.push({ kind: 'pair', param, first: one, second: other })
      }
    }
  }
}

function createHalves(component: Component, home: Home): (element: unknown) => PairHalf[] {
  const plan: Plan<SimpleRow> = createPlan()
  for (const path of component.paths) {
    const emit = emitterOf(component.type, path, home)
    if (emit) addPath(plan, path, (value, rows) => emit(value, '', rows))
  }
  // The words beside a code are for `:text`, which composites do not have.
  const counts = (row: SimpleRow): boolean => row.kind !== 'string' || component.type === 'string'
  return (element) => (isElement(element) ? run(plan, element).filter(counts).map(halfOf) : [])
}

function halfOf({ param: _, ...half }: SimpleRow): PairHalf {
  return half
}
