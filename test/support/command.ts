import { Readable, Writable } from 'node:stream'
import { run } from '../../src/cli/run.ts'
import type { Ended, Place } from './process.ts'

/** How a command ended: what a process would leave behind. */
export type Told = Omit<Ended, 'signal'>

/** Runs `lanyard …` to its end in this process, which costs a tenth of one of its own. */
export async function lanyard(words: readonly string[], place: Place): Promise<Told> {
  const { folder, environment = {}, input = '' } = place
  const [out, err] = [listener(), listener()]
  const terminal = { environment, folder, in: Readable.from([input]), out, err, exitCode: 0 }
  const code = await run(words, terminal)
  return { code, out: await out.heard(), err: await err.heard() }
}

/** The last line of standard error as JSON: how a command with `--json` says what went wrong. */
export function problem({ err }: Pick<Ended, 'err'>): { code: string; message: string } {
  return JSON.parse(err.trimEnd().split('\n').at(-1) ?? '').error
}

/** A stream that keeps what is written; it takes little at once, so that who writes much must wait. */
function listener(): Writable & { heard(): Promise<string> } {
  let text = ''
  const stream = new Writable({
    highWaterMark: 64,
    write(chunk, _encoding, done) {
      text += chunk
      setImmediate(done)
    },
  })
  return Object.assign(stream, {
    async heard() {
      await new Promise<void>((done) => stream.end(done))
      return text
    },
  })
}
