import { searchError } from './errors.ts'

/** What one search may still cost, counted while it is read: each value is a comparison, each end of a chain a search. */
export type Budget = { left: number }

const MOST = 2000
/** Of a chain that names no type, every type it may lead to is one more search. */
const COST_OF_END = 5

export function newBudget(): Budget {
  return { left: MOST }
}

/** @throws LanyardError `invalid-request` (too-costly) when nothing is left */
export function spend(budget: Budget, values: number): void {
  budget.left -= values
  if (budget.left < 0) {
    throw searchError(
      'too-costly',
      'This search asks for too much at once. Give fewer values, or name the type in a chain, as in subject:Patient.name.',
    )
  }
}

export function spendOnEnd(budget: Budget): void {
  spend(budget, COST_OF_END)
}
