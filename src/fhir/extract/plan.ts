import type { Path, Step } from '../definitions/types.ts'
import { type Element, isElement } from './values.ts'

/** What happens at the end of a path: it sees the value there and may add to `rows`. */
export type Visitor<Row> = (value: unknown, rows: Row[]) => void

/** All paths of a resource type laid over each other, so that a shared beginning is walked once. */
export type Plan<Row> = {
  readonly visitors: Visitor<Row>[]
  readonly branches: Branch<Row>[]
}

type Branch<Row> = Plan<Row> & { readonly step: Step }

/** A plan without any paths yet. */
export function createPlan<Row>(): Plan<Row> {
  return { visitors: [], branches: [] }
}

/** Has `visitor` called for each value at `path`. */
export function addPath<Row>(plan: Plan<Row>, path: Path, visitor: Visitor<Row>): void {
  let at = plan
  for (const step of path.steps) {
    let branch = at.branches.find((candidate) => sameStep(candidate.step, step))
    if (!branch) {
      branch = { step, ...createPlan() }
      at.branches.push(branch)
    }
    at = branch
  }
  at.visitors.push(visitor)
}

/** Walks a resource (or any element that the paths start from) and returns what the visitors added. */
export function run<Row>(plan: Plan<Row>, element: Element): Row[] {
  const rows: Row[] = []
  arrive(plan, element, rows)
  return rows
}

function arrive<Row>(plan: Plan<Row>, value: unknown, rows: Row[]): void {
  for (const visitor of plan.visitors) visitor(value, rows)
  if (plan.branches.length === 0 || !isElement(value)) return
  for (const branch of plan.branches) descend(branch, value[branch.step.name], rows)
}

function descend<Row>(branch: Branch<Row>, value: unknown, rows: Row[]): void {
  if (value === undefined || value === null) return
  const { at, where } = branch.step
  if (!Array.isArray(value)) {
    if (holds(where, value)) arrive(branch, value, rows)
  } else if (at !== undefined) {
    arrive(branch, value[at], rows)
  } else {
    for (const item of value) if (holds(where, item)) arrive(branch, item, rows)
  }
}

function holds(where: Step['where'], value: unknown): boolean {
  return where === undefined || (isElement(value) && value[where.name] === where.value)
}

function sameStep(a: Step, b: Step): boolean {
  return (
    a.name === b.name && a.at === b.at && a.where?.name === b.where?.name && a.where?.value === b.where?.value
  )
}
