import { resolve } from 'node:path'
import type { Command } from 'commander'
import { createCheckpoints } from '../fhir/import/checkpoints.ts'
import { importFiles } from '../fhir/import/files.ts'
import { importAll } from '../fhir/import/import.ts'
import { fhirStoreOf } from '../house.ts'
import { progressBar } from './progress.ts'
import { inHouse, print, type Terminal } from './terminal.ts'

export function importCommand(program: Command, terminal: Terminal): void {
  program
    .command('import')
    .description(
      'Bring FHIR resources in: NDJSON or JSON files and Bundles, also gzipped, or folders of them.',
    )
    .argument('<path...>', 'files or folders')
    .option('--json', 'print JSON')
    .action((paths: string[], { json }: { json?: boolean }) =>
      inHouse(terminal, async (house) => {
        const files = paths.flatMap((path) => importFiles(resolve(terminal.folder, path)))
        const size = files.reduce((sum, file) => sum + file.size, 0)
        const bar = progressBar(terminal)
        const deps = {
          store: await fhirStoreOf(house),
          definitions: house.definitions,
          checkpoints: createCheckpoints(house.db),
        }
        const tally = await importAll(
          files,
          {
            bad(where, complaint) {
              bar.end()
              terminal.err.write(`${where} ${complaint}; left out.\n`)
            },
            progress: (bytes, { created, updated, unchanged }) =>
              bar.show(bytes / Math.max(size, 1), created + updated + unchanged),
          },
          deps,
        )
        await deps.store.settle()
        bar.end()
        await house.audit.write({ event: 'data.import', outcome: 'success', detail: { ...tally } })
        const seconds = bar.seconds()
        print(terminal, json, { ...tally, seconds }, () =>
          [
            `${tally.created} created, ${tally.updated} updated, ${tally.unchanged} unchanged in ${seconds.toFixed(1)} s.`,
            ...(tally.skipped > 0
              ? [`${tally.skipped} lines were stored by an import that was interrupted, and were skipped.`]
              : []),
            ...(tally.bad > 0 ? [`Left out, as told above: ${tally.bad}.`] : []),
          ].join('\n'),
        )
        if (tally.bad > 0) terminal.exitCode = 1
      }),
    )
}
