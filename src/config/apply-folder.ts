import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { parseJson } from '../lib/json.ts'

/** Configuration as code: a register that is brought in line with a folder of JSON files, one an entry. */
export type FolderRegister<Entry> = {
  /** One entry in words, e.g. `client`. */
  noun: string
  /** The environment variable that names the folder. */
  variable: string
  /** The member by which a file names its entry. */
  idMember: string
  /** @throws Error with a sentence, for content that cannot be accepted */
  check(content: unknown): Entry
  idOf(entry: Entry): string | undefined
  list(): Promise<Registered<Entry>[]>
  add(entry: Entry): Promise<unknown>
  update(id: string, entry: Entry): Promise<unknown>
  setStatus(id: string, status: 'active' | 'disabled', origin: 'config' | 'config-gone'): Promise<unknown>
}

/** An entry as it stands in the register. */
export type Registered<Entry> = {
  id: string
  status: 'active' | 'disabled'
  origin: 'command' | 'config' | 'config-gone' | 'demo' | 'console' | 'developer'
  /** True if there is nothing to change. */
  agrees(entry: Entry): boolean
}

/** What applying a folder does, or would do, as ids of entries. */
export type FolderReport = {
  added: string[]
  changed: string[]
  unchanged: string[]
  /** Their file is back. */
  enabled: string[]
  /** Their file is gone. */
  disabled: string[]
  /** Disabled by a command, which a file does not undo. */
  stillDisabled: string[]
  /** Registered in another way under the same id, and left as they are. */
  notOurs: string[]
}

/**
 * Brings the register in line with the folder, at the start of a server.
 * @param folder undefined counts as empty
 * @throws LanyardError `configuration` with all mistakes of all files, before anything is changed
 */
export async function applyFolder<Entry>(
  folder: string | undefined,
  register: FolderRegister<Entry>,
): Promise<FolderReport> {
  const wanted = readFiles(folder, register)
  const report = await reportOn(wanted, register)
  for (const [id, entry] of wanted) {
    if (report.added.includes(id)) await addUnlessThere(entry, register)
    if (report.changed.includes(id)) await register.update(id, entry)
    if (report.enabled.includes(id)) await register.setStatus(id, 'active', 'config')
  }
  for (const id of report.disabled) await register.setStatus(id, 'disabled', 'config-gone')
  return report
}

/** What `applyFolder` would do; it throws the same and changes nothing. */
export async function planFolder<Entry>(
  folder: string | undefined,
  register: FolderRegister<Entry>,
): Promise<FolderReport> {
  return await reportOn(readFiles(folder, register), register)
}

async function reportOn<Entry>(
  wanted: ReadonlyMap<string, Entry>,
  register: FolderRegister<Entry>,
): Promise<FolderReport> {
  const present = new Map((await register.list()).map((registered) => [registered.id, registered]))
  const idsOf = (test: (registered: Registered<Entry> | undefined, entry: Entry) => boolean): string[] =>
    [...wanted].filter(([id, entry]) => test(present.get(id), entry)).map(([id]) => id)

  return {
    added: idsOf((registered) => registered === undefined),
    changed: idsOf((registered, entry) => isOurs(registered) && !registered.agrees(entry)),
    unchanged: idsOf((registered, entry) => isOurs(registered) && registered.agrees(entry)),
    enabled: idsOf((registered) => registered?.origin === 'config-gone'),
    stillDisabled: idsOf((registered) => registered?.origin === 'config' && registered.status === 'disabled'),
    notOurs: idsOf((registered) => registered !== undefined && !isOurs(registered)),
    disabled: [...present.values()]
      .filter(({ id, origin, status }) => origin === 'config' && status === 'active' && !wanted.has(id))
      .map(({ id }) => id),
  }
}

function isOurs<Entry>(registered: Registered<Entry> | undefined): registered is Registered<Entry> {
  return registered?.origin === 'config' || registered?.origin === 'config-gone'
}

/** Several nodes may start at once: whoever comes second finds the entry there. */
async function addUnlessThere<Entry>(entry: Entry, register: FolderRegister<Entry>): Promise<void> {
  try {
    await register.add(entry)
  } catch (error) {
    if (!(error instanceof LanyardError && error.code === 'conflict')) throw error
  }
}

/** The entries by their ids, in the order of the files' names. */
function readFiles<Entry>(
  folder: string | undefined,
  register: FolderRegister<Entry>,
): ReadonlyMap<string, Entry> {
  const mistakes: string[] = []
  const entries = new Map<string, Entry>()
  const names = new Map<string, string>()
  for (const name of fileNames(folder, register)) {
    try {
      const [id, entry] = readFile(join(folder ?? '', name), register)
      if (names.has(id)) throw new Error(`it has the ${register.idMember} "${id}" of ${names.get(id)}`)
      names.set(id, name)
      entries.set(id, entry)
    } catch (error) {
      mistakes.push(`  - ${name}: ${messageOf(error)}`)
    }
  }
  if (mistakes.length > 0) {
    throw new LanyardError(
      'configuration',
      `The ${register.noun} files in ${folder} cannot be applied; nothing was changed:\n${mistakes.join('\n')}`,
    )
  }
  return entries
}

function fileNames(
  folder: string | undefined,
  { noun, variable }: Pick<FolderRegister<unknown>, 'noun' | 'variable'>,
): string[] {
  if (folder === undefined) return []
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
  } catch (error) {
    throw new LanyardError(
      'configuration',
      `The folder of ${noun} files ${folder} cannot be read (${messageOf(error)}). Make it, or change ${variable}.`,
      { cause: error },
    )
  }
}

function readFile<Entry>(path: string, register: FolderRegister<Entry>): [id: string, entry: Entry] {
  const content = parseJson(readFileSync(path, 'utf8'))
  if ('problem' in content) throw new Error(`The file ${content.problem}.`)
  const entry = register.check(content.value)
  const id = register.idOf(entry)
  if (id === undefined) throw new Error(`The file must name its ${register.idMember}.`)
  return [id, entry]
}
