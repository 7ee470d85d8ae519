import { type Command, InvalidArgumentError } from 'commander'
import { createLookup } from '../fhir/lookup/lookup.ts'
import { fhirStoreOf, launchesOf } from '../house.ts'
import { parseJson } from '../lib/json.ts'
import { endpointsOf } from '../smart/discovery.ts'
import { inHouse, print, type Terminal } from './terminal.ts'

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

export function launchCommands(program: Command, terminal: Terminal): void {
  const launch = program.command('launch').description('Launch an app as an EHR does.')

  launch
    .command('create')
    .description("Make a launch and print the address that opens the app in the user's browser.")
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
    .action((options: Options) =>
      inHouse(terminal, async (house) => {
        const { config, definitions } = house
        const lookup = createLookup({
          store: await fhirStoreOf(house),
          definitions,
          fhirBase: endpointsOf(config.baseUrl).fhirBase,
          shared: config.fhirSharedResources,
          // Nobody types a date here.
          languages: [],
        })
        const made = await launchesOf(house, lookup.visible)(requestOf(options), { by: 'command' })
        print(terminal, options.json, made, () => made.launch_url)
      }),
    )
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
