import type { SearchParameter } from '../definitions/types.ts'
import type { Filter } from '../search/filter.ts'
import type { ReferenceValue } from '../search/value.ts'
import type { Names } from './names.ts'

/** What conditions need beside the filter. */
export type ConditionContext = {
  names: Names
  /** Milliseconds. */
  now: number
  /** Row ids of what a reference may point to, whether it is visible or not. */
  resolve(parameter: SearchParameter, value: ReferenceValue): Promise<number[]>
  /** Row ids of resources of a type, by bare id; one that is not there has none. */
  rowsOf(type: string, ids: readonly string[]): Promise<number[]>
  /** By which parameters a type belongs to a compartment, and whether by being the resource it is named after. */
  membership(filter: Filter & { kind: 'compartment' }): Membership
}

/** By which stored parameters; `itself`: also by being the resource that the compartment is named after. */
export type Membership = { sps: readonly number[]; itself: boolean }
