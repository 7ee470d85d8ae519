import { mkdirSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { asOperator } from '../fhir/bulk/operator.ts'
import { readRequest } from '../fhir/bulk/read-request.ts'
import { type Outcome, runExport } from '../fhir/bulk/run.ts'
import { fhirStoreOf, type House } from '../house.ts'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { instant } from '../lib/time.ts'
import { endpointsOf } from '../smart/discovery.ts'
import { progressBar } from './progress.ts'
import { inHouse, print, type Terminal } from './terminal.ts'

type Options = { type: string[]; since?: string; gzip?: boolean; json?: boolean }

export function exportCommand(program: Command, terminal: Terminal): void {
  program
    .command('export')
    .description('Write FHIR resources as NDJSON files, one type a file, as they are at one moment.')
    .argument('<folder>', 'an empty folder, made if it is absent')
    .option(
      '--type <type>',
      'only this type; repeat it for more',
      (type, all: string[]) => [...all, type],
      [],
    )
    .option('--since <instant>', 'only what has changed after it, and what was deleted')
    .option('--gzip', 'pack the files')
    .option('--json', 'print JSON')
    .action((folder: string, options: Options) =>
      inHouse(terminal, async (house) => {
        const into = emptyFolder(resolve(terminal.folder, folder))
        const bar = progressBar(terminal)
        const outcome = await exportInto(into, options, house, bar.show)
        bar.end()
        const files = [...outcome.output, ...outcome.deleted]
        const resources = outcome.output.reduce((sum, { count }) => sum + count, 0)
        await house.audit.write({
          event: 'data.export',
          outcome: 'success',
          detail: { resources, files: files.length },
        })
        const seconds = bar.seconds()
        const moment = instant(outcome.transactionTime)
        print(terminal, options.json, { transactionTime: moment, resources, seconds, files }, () =>
          [
            `${resources.toLocaleString('en')} resources in ${files.length} files, as of ${moment}, in ${seconds.toFixed(1)} s.`,
            ...files.map(
              ({ name, count }) => `  ${name}${options.gzip ? '.gz' : ''}: ${count.toLocaleString('en')}`,
            ),
          ].join('\n'),
        )
      }),
    )
}

/** The same engine as for clients, with all rights. */
async function exportInto(
  folder: string,
  { type, since, gzip = false }: Options,
  house: House,
  show: (part: number, resources: number) => void,
): Promise<Outcome> {
  const { config, definitions, clock } = house
  const pairs: [string, string][] = [
    ...type.map((one): [string, string] => ['_type', one]),
    ...(since === undefined ? [] : [['_since', since] satisfies [string, string]]),
  ]
  const request = readRequest(
    { level: { of: 'system' }, pairs, byPost: false, lenient: false },
    { definitions, opens: () => true },
  )
  return await runExport(
    {
      request,
      access: asOperator(),
      folder,
      gzip,
      signal: new AbortController().signal,
      progress: ({ done, types, resources }) => show(done / types, resources),
    },
    {
      store: await fhirStoreOf(house),
      databaseUrl: config.databaseUrl,
      context: {
        definitions,
        fhirBase: endpointsOf(config.baseUrl).fhirBase,
        systems: config.identifierSystems,
      },
      clock,
    },
  )
}

/** @throws LanyardError `invalid-request` */
function emptyFolder(folder: string): string {
  const refused = (why: string, cause?: unknown) =>
    new LanyardError('invalid-request', `The folder ${folder} ${why}.`, { cause })
  let there: string[]
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    there = readdirSync(folder)
  } catch (error) {
    throw refused(`cannot be written: ${messageOf(error)}`, error)
  }
  if (there.length > 0) throw refused('holds something already; name an empty one')
  return folder
}
