import { type ChildProcess, execFile, fork, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from '../support/free-port.ts'

const root = resolve(import.meta.dirname, '../..')

/** A server under measurement, in a process of its own. */
export type Measured = {
  url: string
  pid: number
  /** CPU of other processes that work for it, in microseconds: those of PostgreSQL. */
  others?: () => number
  stop(): Promise<void>
}

/** @param body what it answers, always */
export async function startBareKoa(body: string): Promise<Measured> {
  const child = fork(join(import.meta.dirname, 'servers/bare-koa.ts'))
  await message(child)
  child.send({ body })
  const { port } = await message<{ port: number }>(child)
  return measured(child, `http://127.0.0.1:${port}`)
}

export async function startBareProvider(clientKey: object): Promise<Measured> {
  const child = fork(join(import.meta.dirname, 'servers/bare-provider.ts'), { silent: true })
  await message(child)
  const port = await freePort()
  child.send({ port, clientKey })
  await message(child)
  return measured(child, `http://localhost:${port}`)
}

/** @returns also codes that the server has issued, of launches without refresh tokens before */
export async function startBareApps(
  codes: number,
  codeChallenge: string,
): Promise<Measured & { codes: string[] }> {
  const child = fork(join(import.meta.dirname, 'servers/bare-apps.ts'), { silent: true })
  await message(child)
  const port = await freePort()
  child.send({ port, codes, codeChallenge })
  const made = await message<{ codes: string[] }>(child)
  return { ...measured(child, `http://localhost:${port}`), codes: made.codes }
}

/** The real server, as `npm start` runs it. @returns also how long it took to be ready, in milliseconds */
export async function startLanyard(
  folder: string,
  environment: Record<string, string> = {},
): Promise<Measured & { ready: number }> {
  const port = await freePort()
  const started = performance.now()
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), 'serve'], {
    cwd: folder,
    env: { ...process.env, LANYARD_PORT: String(port), LANYARD_SEED_PATIENTS: '0', ...environment },
    stdio: 'ignore',
  })
  const url = `http://localhost:${port}`
  while (!(await isReady(url))) {
    if (child.exitCode !== null) throw new Error('the server ended')
    await new Promise((go) => setTimeout(go, 10))
  }
  return { ...measured(child, url), ready: performance.now() - started }
}

/** Our server without the audit of reads, on the data of a folder. */
export async function startUnaudited(folder: string): Promise<Measured> {
  const child = fork(join(import.meta.dirname, 'servers/unaudited.ts'), { silent: true })
  await message(child)
  const port = await freePort()
  child.send({ port, folder })
  await message(child)
  return measured(child, `http://localhost:${port}`)
}

/** Runs one command to its end. @returns seconds */
export async function runLanyard(
  folder: string,
  args: string[],
  environment: Record<string, string> = {},
): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const code = await new Promise((ended) => child.once('exit', ended))
  if (code !== 0) throw new Error(`lanyard ${args.join(' ')} ended with ${code}`)
  return (performance.now() - started) / 1000
}

/** Runs one command to its end. @returns what it printed */
export function outputOf(folder: string, args: string[]): Promise<string> {
  return new Promise((done, fail) => {
    execFile(process.execPath, [join(root, 'src/main.ts'), ...args], { cwd: folder }, (error, stdout) => {
      if (error === null) done(stdout)
      else fail(error)
    })
  })
}

/** CPU time of a process, its threads and its children that ended, in microseconds, as the kernel counts it (10 ms steps). */
export function cpuOf({ pid, others }: Pick<Measured, 'pid' | 'others'>): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 10_000 + (others?.() ?? 0)
}

/** Resident memory, in MB. */
export function memoryOf({ pid }: Measured): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

function measured(child: ChildProcess, url: string): Measured {
  return {
    url,
    pid: child.pid ?? 0,
    stop: () =>
      new Promise((stopped) => {
        child.once('exit', () => stopped())
        child.kill('SIGTERM')
      }),
  }
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((got) => child.once('message', (value) => got(value as T)))
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health/ready`)).status === 200
  } catch {
    return false
  }
}
