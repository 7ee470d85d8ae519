import { existsSync, statSync } from 'node:fs'
import type { Config } from '../../config/load.ts'
import { readKey, type Seal } from '../../keys/seal.ts'
import { rotateBefore, type SigningKeys } from '../../keys/signing-keys.ts'
import { type Check, checks, days } from './check.ts'

const sealing = checks('sealing key')
const signing = checks('signing keys')

/** Is the sealing key there, and for its owner only? Whether it fits is seen by the signing keys. */
export async function sealingKeyChecks(config: Config): Promise<Check[]> {
  if (config.sealingKey !== undefined) return [sealing.ok('It comes from LANYARD_SEALING_KEY.')]
  const file = config.sealingKeyFile
  if (!existsSync(file)) return [sealing.note(`There is none yet: the first start makes ${file}.`)]
  await readKey(file)
  const mode = statSync(file).mode & 0o777
  return (mode & 0o077) === 0
    ? [sealing.ok(`${file} can be read, by its owner only.`)]
    : [
        sealing.warning(
          `${file} can be read by others (mode ${mode.toString(8)}). Run \`chmod 600 ${file}\`, and rotate the keys if others were there.`,
        ),
      ]
}

/** Do they open, is there a current and a next one of each algorithm, and how old are they? */
export async function signingKeyChecks(
  keys: SigningKeys,
  seal: Seal | undefined,
  now: number,
): Promise<Check[]> {
  const found = await keys.list()
  if (found.length === 0) return [signing.note('There are none yet: the first start makes them.')]
  if (seal === undefined) {
    return [signing.failed('They cannot be opened without the sealing key. Put it back from your backup.')]
  }
  await keys.load()
  return ['ES256', 'RS256'].map((alg) => {
    const current = found.find((key) => key.alg === alg && key.state === 'current')
    const next = found.find((key) => key.alg === alg && key.state === 'next')
    if (current === undefined || next === undefined) {
      return signing.warning(`${alg} lacks a current or a next key: the next start makes it.`)
    }
    const age = now - current.since
    return now > rotateBefore(current)
      ? signing.warning(`The ${alg} key has signed for ${days(age)}. Run \`npx lanyard keys rotate\`.`)
      : signing.ok(
          `The ${alg} key has signed for ${days(age)}; the next one is known for ${days(now - next.since)}.`,
        )
  })
}
