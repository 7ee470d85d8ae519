import type { FolderReport } from '../../config/apply-folder.ts'
import { type Check, checks } from './check.ts'

/**
 * What the next start would do with a folder of configuration as code.
 * @param noun what its files hold: the word of the commands too
 * @param changed what a change does beside, as the end of a sentence
 */
export function folderChecks(
  { noun, changed }: { noun: 'client' | 'role' | 'user'; changed: string },
  path: string | undefined,
  plan: FolderReport,
): Check[] {
  const folder = checks(`${noun}s folder`)
  const say: Record<Exclude<keyof FolderReport, 'unchanged'>, (ids: string) => Check> = {
    added: (ids) => folder.note(`The next start adds ${ids}.`),
    changed: (ids) => folder.note(`The next start changes ${ids}${changed}.`),
    enabled: (ids) => folder.note(`The next start enables ${ids}: their files are back.`),
    disabled: (ids) => folder.warning(`The next start disables ${ids}: their files are gone.`),
    stillDisabled: (ids) =>
      folder.warning(
        `Disabled by a command in spite of their files: ${ids}. \`npx lanyard ${noun} enable\` lets them in.`,
      ),
    notOurs: (ids) =>
      folder.warning(
        `Registered in another way, so their files have no effect: ${ids}. Remove those ${noun}s or those files.`,
      ),
  }
  const found = Object.entries(say).flatMap(([name, check]) => {
    const ids = plan[name as keyof FolderReport]
    return ids.length === 0 ? [] : [check(ids.join(', '))]
  })
  if (found.length > 0 || path === undefined) return found
  return [folder.ok(`${plan.unchanged.length} in ${path}, as registered.`)]
}
