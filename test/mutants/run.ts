import { resolve } from 'node:path'
import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Mutants first, so that what one of them would leave behind fails the tests that follow as things are. */
class MutantsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isMutant = ({ moduleId }: TestSpecification): number => Number(/\/mutant-\d+-/.test(moduleId))
    return [...files].sort((one, other) => isMutant(other) - isMutant(one))
  }
}

// The run that `mutants.full.test.ts` starts: one process, which loads everything once.
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: resolve(import.meta.dirname, 'switch.ts'),
    sequence: { sequencer: MutantsFirst },
    testTimeout: 20_000,
    maxWorkers: 1,
    isolate: false,
    env: { VITEST_PROJECT: 'fast' },
  },
})
