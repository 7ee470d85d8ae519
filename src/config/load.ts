import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { parseJson } from '../lib/json.ts'
import { contradictionsIn, type Settings } from './contradictions.ts'
import { environmentName, type SettingName, settingMeta, settingNames, settings } from './schema.ts'
import { suggestion } from './suggestion.ts'
import { secretsOf } from './trusted-issuers.ts'

/** The resolved configuration: every default filled in, every path absolute, frozen. */
export type Config = Readonly<
  Omit<Settings, 'baseUrl' | 'databaseUrl' | 'sealingKeyFile' | 'basicAuthentication'> & {
    baseUrl: string
    databaseUrl: string
    sealingKeyFile: string
    basicAuthentication: boolean
    /** What issuers share with us, by issuer; no setting, so never shown. */
    issuerSecrets: Readonly<Record<string, string>>
    /** Where each value came from, for `lanyard doctor`. */
    origins: Readonly<Record<SettingName, Origin>>
    /** The file that was read, if any. */
    file: string | undefined
  }
>
export type Origin = 'default' | 'file' | 'environment'

const variables = new Map(settingNames.map((name) => [environmentName(name), name]))
/** Variables that are read elsewhere: where the file is, and what our own tests use. */
const otherVariables = /^LANYARD_(?:CONFIG$|TEST_)/

/** What was said about settings in one place, and what is wrong there. */
type Said = { values: Record<string, unknown>; mistakes: string[] }

/**
 * Reads the configuration file (`LANYARD_CONFIG`, or `config/lanyard.json` if there is one) and the
 * environment, which wins.
 * @param environment usually `process.env`
 * @param folder what relative paths are relative to
 * @throws LanyardError `configuration`, with every mistake in one message
 */
export function loadConfig(environment: NodeJS.ProcessEnv, folder: string): Config {
  const file = configFile(environment, folder)
  const inFile = file === undefined ? { values: {}, mistakes: [] } : readFile(file)
  const inEnvironment = readEnvironment(environment)

  const said = { ...inFile.values, ...inEnvironment.values }
  const wrong = new Map<string, string>()
  for (const issue of settings.safeParse(said).error?.issues ?? []) {
    const name = String(issue.path[0])
    const place = name in inEnvironment.values ? environmentName(name) : `${issue.path.join('.')} in ${file}`
    wrong.set(name, `${place} ${issue.message}.`)
  }
  const values = settings.parse(Object.fromEntries(Object.entries(said).filter(([name]) => !wrong.has(name))))
  const issuers = secretsOf(values.trustedIssuers, environment, folder)
  const mistakes = [
    ...inFile.mistakes,
    ...inEnvironment.mistakes,
    ...wrong.values(),
    ...contradictionsIn(values, new Set(wrong.keys())),
    ...issuers.mistakes,
  ]
  if (mistakes.length > 0) throw mistaken(mistakes)

  const origin = (name: SettingName): Origin =>
    name in inEnvironment.values ? 'environment' : name in inFile.values ? 'file' : 'default'
  const origins = Object.fromEntries(settingNames.map((name) => [name, origin(name)])) as Config['origins']
  return deepFreeze({ ...resolved(values, folder, file), issuerSecrets: issuers.secrets, origins, file })
}

function configFile(environment: NodeJS.ProcessEnv, folder: string): string | undefined {
  if (environment.LANYARD_CONFIG) return resolve(folder, environment.LANYARD_CONFIG)
  const usual = join(folder, 'config', 'lanyard.json')
  return existsSync(usual) ? usual : undefined
}

function readFile(file: string): Said {
  const failed = (why: string): Said => ({
    values: {},
    mistakes: [`The configuration file ${file} ${why}.`],
  })
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    return failed(`cannot be read: ${messageOf(error)}`)
  }
  const content = parseJson(text)
  if ('problem' in content) return failed(content.problem)
  const { value } = content
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return failed('must hold one JSON object with settings as members')
  }
  const unknown = Object.keys(value).filter((name) => !settingNames.includes(name as SettingName))
  return {
    values: Object.fromEntries(Object.entries(value).filter(([name]) => !unknown.includes(name))),
    mistakes: unknown.map(
      (name) => `The setting "${name}" in ${file} is unknown${suggestion(name, settingNames)}`,
    ),
  }
}

function readEnvironment(environment: NodeJS.ProcessEnv): Said {
  const said: Said = { values: {}, mistakes: [] }
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('LANYARD_') || otherVariables.test(variable) || !value) continue
    const name = variables.get(variable)
    if (name === undefined) {
      said.mistakes.push(`The variable ${variable} is unknown${suggestion(variable, [...variables.keys()])}`)
    } else if (settingMeta(name).fileOnly) {
      said.mistakes.push(`${variable} cannot be used: write ${name} in the configuration file.`)
    } else said.values[name] = value
  }
  return said
}

function mistaken(mistakes: readonly string[]): LanyardError {
  const sentences = mistakes.map((mistake) => `  - ${mistake}`)
  return new LanyardError(
    'configuration',
    `The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${sentences.join('\n')}`,
  )
}

function resolved(values: Settings, folder: string, file: string | undefined) {
  const dataDir = resolve(folder, values.dataDir)
  const keysDir = resolve(folder, values.keysDir)
  const beside = file === undefined ? join(folder, 'config') : dirname(file)
  return {
    ...values,
    dataDir,
    keysDir,
    clientsDir: folderOr(values.clientsDir, join(beside, 'clients'), folder),
    rolesDir: folderOr(values.rolesDir, join(beside, 'roles'), folder),
    usersDir: folderOr(values.usersDir, join(beside, 'users'), folder),
    basicAuthentication: values.basicAuthentication ?? values.mode === 'demo',
    baseUrl: values.baseUrl ?? `http://localhost:${values.port}`,
    databaseUrl: absoluteSqlite(values.databaseUrl ?? `sqlite:${join(dataDir, 'lanyard.sqlite')}`, folder),
    sealingKeyFile: resolve(folder, values.sealingKeyFile ?? join(keysDir, 'sealing.key')),
  }
}

/** The folder that was named, or the usual one if there is such a folder. */
function folderOr(named: string | undefined, usual: string, folder: string): string | undefined {
  if (named !== undefined) return resolve(folder, named)
  return existsSync(usual) ? usual : undefined
}

function absoluteSqlite(url: string, folder: string): string {
  return url.startsWith('sqlite:') ? `sqlite:${resolve(folder, url.slice('sqlite:'.length))}` : url
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}
