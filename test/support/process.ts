import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'

export const main = resolve(import.meta.dirname, '../../src/main.ts')
/** Milliseconds within which a server must be ready. */
const READY = 20_000

export type Ended = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string }

export type Place = {
  folder: string
  environment?: Record<string, string>
  /** What it finds on standard input; without it, nothing. */
  input?: string
}

/**
 * Runs `lanyard …` as a process of its own, to its end; for what only a process shows. Otherwise `command.ts` is
 * cheaper.
 */
export async function lanyardProcess(args: readonly string[], place: Place): Promise<Ended> {
  return await ended(start(args, place))
}

export type ServerProcess = {
  url: string
  pid: number
  /** What was logged so far, as parsed lines. */
  logged(): Record<string, unknown>[]
  /** Sends a signal and waits for the end. */
  end(signal: NodeJS.Signals): Promise<Ended>
}

/** Starts a real server process on a free port and waits until it is ready. */
export async function serverProcess(place: Place): Promise<ServerProcess> {
  const running = start(['serve', '--json'], {
    ...place,
    environment: { LANYARD_PORT: '0', LANYARD_SEED_PATIENTS: '0', ...place.environment },
  })
  const { child, err, out } = running
  const end = ended(running)
  const url = await new Promise<string>((ready, failed) => {
    const late = setTimeout(() => failed(new Error(`not ready after ${READY} ms: ${err()}`)), READY)
    const look = (): void => {
      const found = /"baseUrl":"([^"]+)"/.exec(err())?.[1]
      if (found === undefined) return
      clearTimeout(late)
      ready(found)
    }
    child.stderr?.on('data', look)
    void end.then(({ code }) => failed(new Error(`it ended with code ${code}: ${err()}`)))
  })
  return {
    url,
    pid: child.pid ?? 0,
    logged: () =>
      out()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line)),
    async end(signal) {
      child.kill(signal)
      return await end
    },
  }
}

type Started = { child: ChildProcess; out: () => string; err: () => string }

function start(args: readonly string[], { folder, environment, input }: Place): Started {
  // Of our own environment nothing that is for Lanyard or for vitest.
  const { PATH, HOME, TMPDIR } = process.env
  const child = spawn(process.execPath, [main, ...args], {
    cwd: folder,
    env: { PATH, HOME, ...(TMPDIR === undefined ? {} : { TMPDIR }), ...environment },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  })
  child.stdin?.end(input)
  let out = ''
  let err = ''
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    err += text
  })
  return { child, out: () => out, err: () => err }
}

async function ended({ child, out, err }: Started): Promise<Ended> {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal, out: out(), err: err() }
}
