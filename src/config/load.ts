import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { z } from 'zod'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { environmentName, type SettingName, settings } from './schema.ts'

type Settings = z.infer<typeof settings>

/** The resolved configuration: every default filled in, every path absolute, frozen. */
export type Config = Readonly<
  Omit<Settings, 'baseUrl' | 'databaseUrl' | 'sealingKeyFile'> & {
    baseUrl: string
    databaseUrl: string
    sealingKeyFile: string
    /** Where each value came from, for `lanyard doctor`. */
    origins: Readonly<Record<SettingName, Origin>>
    /** The file that was read, if any. */
    file: string | undefined
  }
>
export type Origin = 'default' | 'file' | 'environment'

const names = Object.keys(settings.shape) as SettingName[]
const variables = new Map(names.map((name) => [environmentName(name), name]))
/** Variables that are read elsewhere: where the file is, and what our own tests use. */
const otherVariables = /^LANYARD_(?:CONFIG$|TEST_)/

/**
 * Reads the configuration file (`LANYARD_CONFIG`, or `config/lanyard.json` if there is one) and the
 * environment, which wins.
 * @param environment usually `process.env`
 * @param folder what relative paths are relative to
 * @throws LanyardError `configuration`, with every mistake in one message
 */
export function loadConfig(environment: NodeJS.ProcessEnv, folder: string): Config {
  const mistakes: string[] = []
  const file = configFile(environment, folder)
  const fromFile = file === undefined ? {} : readFile(file, mistakes)
  const fromEnvironment = readEnvironment(environment, mistakes)

  for (const key of Object.keys(fromFile).filter((name) => !isSetting(name))) {
    mistakes.push(`The setting "${key}" in ${file} is unknown${suggestion(key, names)}.`)
    delete fromFile[key]
  }
  const parsed = settings.safeParse({ ...fromFile, ...fromEnvironment })
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const name = String(issue.path[0] ?? '')
      const where = name in fromEnvironment ? environmentName(name) : `${issue.path.join('.')} in ${file}`
      mistakes.push(`${where} ${issue.message}.`)
    }
  } else {
    mistakes.push(...contradictions(parsed.data))
  }
  if (!parsed.success || mistakes.length > 0) {
    throw new LanyardError(
      'configuration',
      `The configuration has ${mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`}:\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`,
    )
  }
  const origins = Object.fromEntries(
    names.map((name) => [
      name,
      name in fromEnvironment ? 'environment' : name in fromFile ? 'file' : 'default',
    ]),
  ) as Record<SettingName, Origin>
  return deepFreeze({ ...resolved(parsed.data, folder, file), origins, file })
}

function configFile(environment: NodeJS.ProcessEnv, folder: string): string | undefined {
  if (environment.LANYARD_CONFIG) return resolve(folder, environment.LANYARD_CONFIG)
  const usual = join(folder, 'config', 'lanyard.json')
  return existsSync(usual) ? usual : undefined
}

function readFile(file: string, mistakes: string[]): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content }
    mistakes.push(`The configuration file ${file} must hold one JSON object.`)
  } catch (error) {
    mistakes.push(`The configuration file ${file} could not be read: ${messageOf(error)}.`)
  }
  return {}
}

function readEnvironment(environment: NodeJS.ProcessEnv, mistakes: string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [variable, value] of Object.entries(environment)) {
    if (!variable.startsWith('LANYARD_') || otherVariables.test(variable) || !value) continue
    const name = variables.get(variable)
    if (name) found[name] = value
    else mistakes.push(`The variable ${variable} is unknown${suggestion(variable, [...variables.keys()])}.`)
  }
  return found
}

/** Settings that are right one by one and wrong together. */
function contradictions(values: Settings): string[] {
  const found: string[] = []
  if (values.mode === 'demo' && !isLoopback(values.host) && !values.demoExposed) {
    found.push(
      `Demo mode has public passwords and listens on loopback only, but LANYARD_HOST is "${values.host}". Use LANYARD_MODE=production, or set LANYARD_DEMO_EXPOSED=yes if everybody who can reach it may do anything`,
    )
  }
  if (values.fhirPageSize > values.fhirMaxPageSize) {
    found.push(
      `fhirPageSize (${values.fhirPageSize}) must not exceed fhirMaxPageSize (${values.fhirMaxPageSize})`,
    )
  }
  if (values.mode === 'production' && values.baseUrl === undefined) {
    found.push('LANYARD_BASE_URL is needed in production: the public https address of this server')
  }
  return found.map((sentence) => `${sentence}.`)
}

function resolved(values: Settings, folder: string, file: string | undefined) {
  const dataDir = resolve(folder, values.dataDir)
  const keysDir = resolve(folder, values.keysDir)
  const usualClients = file === undefined ? undefined : join(dirname(file), 'clients')
  const clientsDir =
    values.clientsDir !== undefined
      ? resolve(folder, values.clientsDir)
      : usualClients !== undefined && existsSync(usualClients)
        ? usualClients
        : undefined
  return {
    ...values,
    dataDir,
    keysDir,
    clientsDir,
    baseUrl: values.baseUrl ?? `http://localhost:${values.port}`,
    databaseUrl: absoluteSqlite(values.databaseUrl ?? `sqlite:${join(dataDir, 'lanyard.sqlite')}`, folder),
    sealingKeyFile: resolve(folder, values.sealingKeyFile ?? join(keysDir, 'sealing.key')),
  }
}

function absoluteSqlite(url: string, folder: string): string {
  return url.startsWith('sqlite:') ? `sqlite:${resolve(folder, url.slice('sqlite:'.length))}` : url
}

/** True for the names and addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}

function isSetting(name: string): name is SettingName {
  return names.includes(name as SettingName)
}

function suggestion(word: string, known: readonly string[]): string {
  const near = known.find((name) => distance(word.toLowerCase(), name.toLowerCase()) <= 3)
  return near ? `; did you mean ${near}?` : ''
}

/** Levenshtein distance: how many letters apart two words are. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, change))
    }
    row = next
  }
  return row[b.length] ?? 0
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) deepFreeze(inner)
    Object.freeze(value)
  }
  return value
}
