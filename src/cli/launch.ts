import { type Command, InvalidArgumentError, Option } from 'commander'
import { createLookup } from '../fhir/lookup/lookup.ts'
import { fhirStoreOf, type House, launchesOf } from '../house.ts'
import { parseJson } from '../lib/json.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { simulatorOperations } from '../pages/admin/operations/simulator.ts'
import { endpointsOf } from '../smart/discovery.ts'
import { type Fault, faults } from '../smart/fault.ts'
import { demoPeopleOf } from './demo-offers.ts'
import { commandLine, inHouse, print, type Terminal } from './terminal.ts'

type Options = {
  client: string
  user: string
  launchUri?: string
  patient?: string
  encounter?: string
  intent?: string
  banner?: boolean
  style?: string
  tenant?: string
  appContext?: string
  context?: unknown[]
  json?: boolean
}

/** What only a chart says; an app that begins by itself lets its user choose. */
const ofChart = [
  'launchUri',
  'patient',
  'encounter',
  'context',
  'intent',
  'banner',
  'style',
  'tenant',
  'appContext',
]

export function launchCommands(program: Command, terminal: Terminal): void {
  const launch = program.command('launch').description('Launch an app as an EHR does.')

  withContext(
    launch
      .command('create')
      .description("Make a launch and print the address that opens the app in the user's browser."),
  ).action((options: Options) =>
    inHouse(terminal, async (house) => {
      const create = launchesOf(house, (await lookupOf(house)).visible)
      const made = await create(requestOf(options), { by: 'command' })
      print(terminal, options.json, made, () => made.launch_url)
    }),
  )

  withContext(
    launch
      .command('simulate')
      .description(
        'Make a launch as the simulator of the console does, with a record, and broken if wanted.',
      ),
  )
    .addOption(new Option('--fault <word>', 'what goes wrong with this launch').choices(faults))
    .addOption(
      new Option(
        '--alone',
        'the app begins by itself: prints a link that makes the browser ready for it',
      ).conflicts(ofChart),
    )
    .option('--reason <text>', 'why, for the audit')
    .action((options: Options & { fault?: Fault; alone?: boolean; reason?: string }) =>
      inHouse(terminal, async (house) => {
        const { fault, alone, reason, json } = options
        const createLaunch = launchesOf(house, (await lookupOf(house)).visible)
        const demoPeople = () => demoPeopleOf(house)
        const operations = simulatorOperations({
          ...house,
          createLaunch,
          demoPeople,
          issuer: house.config.baseUrl,
        })
        const { client_id, user, ...context } = requestOf(options)
        const made = alone
          ? await perform(operations.start, { client_id, user, fault, reason }, commandLine)
          : await perform(operations.launch, { client_id, user, ...context, fault, reason }, commandLine)
        const url = 'ready_url' in made ? made.ready_url : made.launch_url
        print(terminal, json, made, () => `${url}\nIts record: lanyard flight show ${made.flight}`)
      }),
    )
}

/** What an EHR says about a launch. */
function withContext(command: Command): Command {
  return command
    .requiredOption('--client <id>', 'client_id of the app')
    .requiredOption('--user <username>', 'who is at the screen of the EHR')
    .option('--launch-uri <uri>', "which of the app's launch URIs; default: the first")
    .option('--patient <id>', 'the open record, as a bare id')
    .option('--encounter <id>', 'the open encounter, as a bare id')
    .option('--context <json>', 'an item of fhirContext; may be repeated', collectedJson)
    .option('--intent <text>', 'what the user wants to do')
    .option('--banner', "the app is to show the patient's banner")
    .option('--no-banner', 'the EHR shows it')
    .option('--style <url>', 'smart_style_url')
    .option('--tenant <text>', 'the organisation, as the EHR names it')
    .option('--app-context <text>', 'handed to the app as it is')
    .option('--json', 'print JSON')
}

/** What users may see of the FHIR data. */
async function lookupOf(house: House) {
  const { config, definitions } = house
  return createLookup({
    store: await fhirStoreOf(house),
    definitions,
    fhirBase: endpointsOf(config.baseUrl).fhirBase,
    shared: config.fhirSharedResources,
    // Nobody types a date here.
    languages: [],
  })
}

/** The same as `POST /launch` takes. */
function requestOf(options: Options): Record<string, unknown> {
  return {
    client_id: options.client,
    user: options.user,
    launch_uri: options.launchUri,
    patient: options.patient,
    encounter: options.encounter,
    fhirContext: options.context,
    intent: options.intent,
    need_patient_banner: options.banner,
    smart_style_url: options.style,
    tenant: options.tenant,
    appContext: options.appContext,
  }
}

function collectedJson(text: string, before: unknown[] = []): unknown[] {
  const read = parseJson(text)
  if ('problem' in read) throw new InvalidArgumentError(`It ${read.problem}.`)
  return [...before, read.value]
}
