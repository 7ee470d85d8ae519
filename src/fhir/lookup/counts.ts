import { LanyardError } from '../../lib/errors.ts'
import type { UserReach } from '../../smart/permit.ts'
import { isResourceScope, type Scope } from '../../smart/scope.ts'
import { isInCompartment } from '../access/compartment.ts'
import type { SharedResources } from '../access/shared.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { FhirStore } from '../store/store.ts'
import { asHolder, inRecordOf } from './sight.ts'

/** Milliseconds that all the lines of a page may take. */
const BUDGET = 50
/** Resources of a record that one line is counted up to. */
const MOST = 10_000

export type CountDeps = { store: FhirStore; definitions: Definitions; shared: SharedResources }
/** The patient in context (a bare id), and the user who is asked. */
export type CountFacts = { patient?: string | undefined; user?: UserReach | undefined }

/**
 * How many resources of the patient's record each line of a consent is about: what a token with the scopes of this
 * line alone would see there. Scopes that change or delete are counted like those that see; each resource once.
 * @param lines the scopes of each
 * @param budget milliseconds for all lines; what is not counted by then stays uncounted
 * @returns for each line the number, or undefined: not in time, too many, or about nothing that is in a record
 */
export type Count = (
  lines: readonly (readonly Scope[])[],
  facts: CountFacts,
  budget?: number,
) => Promise<(number | undefined)[]>

export function createCount({ store, definitions, shared }: CountDeps): Count {
  async function countLine(line: readonly Scope[], { patient, user }: CountFacts) {
    const scopes = line.flatMap((scope) => asSeeing(scope, definitions))
    if (patient === undefined || scopes.length === 0) return undefined
    if (user !== undefined && inRecordOf(patient, user).patients.length === 0) return undefined
    return await store.as(asHolder(scopes, { patient, user }, shared)).recordSize(patient, MOST)
  }

  return async (lines, facts, budget = BUDGET) => {
    const end = performance.now() + budget
    const counts: (number | undefined)[] = []
    // One after the other, so that nothing is begun when the time is up.
    for (const line of lines) {
      counts.push(await inTime(end - performance.now(), () => countLine(line, facts)))
    }
    return counts
  }
}

/** The same scope with the letters that see; nothing for one about what is in no record, or not there yet. */
function asSeeing(scope: Scope, definitions: Definitions): Scope[] {
  if (!isResourceScope(scope) || scope.letters === 'c') return []
  if (scope.type !== '*' && !isInCompartment(definitions, scope.type)) return []
  return [{ ...scope, letters: 'rs' }]
}

/** What is counted before the time is up and while the readers have room; a page must not wait for a number. */
async function inTime(
  milliseconds: number,
  count: () => Promise<number | undefined>,
): Promise<number | undefined> {
  if (milliseconds <= 0) return undefined
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), milliseconds)
  })
  try {
    return await Promise.race([count(), late])
  } catch (error) {
    if (error instanceof LanyardError && error.code === 'unavailable') return undefined
    throw error
  } finally {
    clearTimeout(timer)
  }
}
