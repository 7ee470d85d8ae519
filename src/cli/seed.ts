import type { Command } from 'commander'
import { hospital } from '../fhir/seed/hospital.ts'
import type { FhirStore } from '../fhir/store/store.ts'
import { fhirStoreOf, type House } from '../house.ts'
import { LanyardError } from '../lib/errors.ts'
import { progressBar } from './progress.ts'
import { inHouse, print, type Terminal } from './terminal.ts'

/** Resources a transaction. */
const BATCH = 200
/** The day of the demo's story: the ages and dates of the people are those of the documentation. */
export const DEMO_ANCHOR = '2026-11-21'

type Options = { patients: string; anchor: string; force?: boolean; json?: boolean }

export function seedCommand(program: Command, terminal: Terminal): void {
  program
    .command('seed')
    .description('Fill the database with a synthetic hospital; the same numbers give the same hospital.')
    .option('--patients <number>', 'how many patients', '100')
    .option('--anchor <date>', 'the day the story has come to', DEMO_ANCHOR)
    .option('--force', 'also in production mode')
    .option('--json', 'print JSON')
    .action(({ patients, anchor, force, json }: Options) =>
      inHouse(terminal, async (house) => {
        if (house.config.mode === 'production' && !force) {
          throw new LanyardError(
            'invalid-request',
            'This is a production database. Use --force if synthetic patients belong there.',
          )
        }
        const wanted = Number(patients)
        const bar = progressBar(terminal)
        const stored = await seed(house, await fhirStoreOf(house), { patients: wanted, anchor }, (count) =>
          bar.show(count / (wanted * 65), count),
        )
        bar.end()
        const seconds = bar.seconds()
        print(
          terminal,
          json,
          { patients: wanted, resources: stored, seconds },
          () => `${stored} resources of ${wanted} patients in ${seconds.toFixed(1)} s.`,
        )
      }),
    )
}

/**
 * Stores a synthetic hospital; what is there already is left alone.
 * @returns how many resources it has
 */
export async function seed(
  house: House,
  store: FhirStore,
  options: { patients: number; anchor: string },
  progress: (count: number) => void = () => {},
): Promise<number> {
  let count = 0
  let batch: Parameters<FhirStore['write']>[0][number][] = []
  const flush = async () => {
    await store.write(batch)
    count += batch.length
    batch = []
    progress(count)
  }
  for (const resource of hospital(options)) {
    if (batch.push(resource) >= BATCH) await flush()
  }
  if (batch.length > 0) await flush()
  await store.settle()
  await house.audit.write({
    event: 'data.seed',
    outcome: 'success',
    detail: { patients: options.patients, resources: count },
  })
  return count
}
