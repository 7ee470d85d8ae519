import { afterEach, beforeEach, expect } from 'vitest'

// Runs before each file of the run that `mutants.full.test.ts` starts: its name says which mutant it is for.
const number = /\/mutant-(\d+)-/.exec(expect.getState().testPath ?? '')?.[1]
// In the environment, as threads have it too.
process.env.MUTANT = number ?? 'none'

// One assertion that fails is enough.
let isNoticed = false
beforeEach(({ skip }) => skip(isNoticed))
afterEach(({ task }) => {
  isNoticed ||= (task.result?.errors ?? []).some(({ name }) => name === 'AssertionError')
})
