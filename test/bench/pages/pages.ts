import { type ChildProcess, fork } from 'node:child_process'
import { get } from 'node:http'
import { join } from 'node:path'
import { loadConfig } from '../../../src/config/load.ts'
import { openHouse } from '../../../src/house.ts'
import { systemClock } from '../../../src/lib/time.ts'
import { createLog } from '../../../src/observe/log.ts'
import { judged, median, type Row, whole } from '../table.ts'
import { crowd, crowdedFolder, PORT } from './crowd.ts'
import { type PageVisit, visitsOf } from './visits.ts'

/** What a page may take (issue 5): milliseconds of the server's CPU, and bytes over the wire. */
const MOST = { cpu: 30, bytes: 100_000 }
/** Visits after the first one; the middle of them counts. */
const WARM = 7

type Figures = { path: string; status: number; first: number; warm: number; bytes: number; files: number }

/**
 * Every page of the server, in front of a crowd: CPU of its first visit as the very first request of a process, CPU when
 * it is warm, and bytes.
 * @param auditRows how long the audit is
 * @param only pages whose address fits this pattern
 * @returns all figures as a table, and a row for the report
 */
export async function pages(
  auditRows: number,
  only: string | undefined,
  environment: Record<string, string> = {},
  others?: () => number,
): Promise<{ table: string; rows: Row[] }> {
  const folder = await crowdedFolder(auditRows, environment)
  const figures: Figures[] = []
  for (const visit of await everyVisit(folder, environment)) {
    if (only !== undefined && !new RegExp(only).test(visit.path)) continue
    const figure = await figuresOf(visit, folder, environment, others)
    process.stderr.write(`  ${lineOf(figure).join('  ')}\n`)
    figures.push(figure)
  }
  return { table: tableOf(figures), rows: rowsOf(figures, auditRows) }
}

async function everyVisit(folder: string, environment: Record<string, string>): Promise<PageVisit[]> {
  const server = await start(folder, environment)
  const config = loadConfig({ LANYARD_PORT: String(PORT), ...environment }, folder)
  const house = await openHouse(config, createLog('silent'), systemClock)
  try {
    return await visitsOf(server.url, server.pages, house)
  } finally {
    await house.close()
    await server.stop()
  }
}

async function figuresOf(
  { path, cookie, name = path }: PageVisit,
  folder: string,
  environment: Record<string, string>,
  others: () => number = () => 0,
): Promise<Figures> {
  const server = await start(folder, environment)
  try {
    await server.quiet()
    const used = async () => (await server.cpu()) + others()
    const times: number[] = []
    let answer = { status: 0, bytes: 0, html: '' }
    for (let visit = 0; visit <= WARM; visit++) {
      const before = await used()
      answer = await ask(server.url + path, cookie)
      times.push(((await used()) - before) / 1000)
    }
    const [first = 0, ...warm] = times
    const { status, bytes } = answer
    return {
      path: name,
      status,
      first,
      warm: median(warm),
      bytes,
      files: await filesOf(answer.html, server.url),
    }
  } finally {
    await server.stop()
  }
}

/** Bytes of the files that a page loads, which a browser then keeps. */
async function filesOf(html: string, url: string): Promise<number> {
  const tags = [
    ...html.matchAll(/<(?:link rel="(?:stylesheet|icon)"|script|img)(?=\s)[^>]*?(?:href|src)="([^"]+)"/g),
  ]
  let sum = 0
  for (const [, address = ''] of tags) sum += (await ask(new URL(address, url).href, '')).bytes
  return sum
}

/** Asks as a browser does. @returns bytes of the answer, head and body, as they come */
function ask(address: string, cookie: string): Promise<{ status: number; bytes: number; html: string }> {
  return new Promise((done, fail) => {
    const headers = {
      accept: 'text/html',
      'accept-encoding': 'gzip, deflate, br',
      cookie,
      connection: 'close',
    }
    get(address, { headers }, (answer) => {
      const parts: Buffer[] = []
      answer.on('data', (part: Buffer) => parts.push(part))
      answer.on('end', () => {
        const body = Buffer.concat(parts)
        const head = answer.rawHeaders.reduce((sum, text) => sum + text.length + 2, 17)
        done({ status: answer.statusCode ?? 0, bytes: head + body.length, html: body.toString('utf8') })
      })
    }).on('error', fail)
  })
}

type PageServer = {
  url: string
  pages: readonly string[]
  /** CPU so far, in microseconds. */
  cpu(): Promise<number>
  /** Resolves when the process has come to rest. */
  quiet(): Promise<void>
  stop(): Promise<void>
}

async function start(folder: string, environment: Record<string, string>): Promise<PageServer> {
  const child = fork(join(import.meta.dirname, '../servers/pages.ts'), {
    silent: true,
    env: { ...process.env, ...environment },
  })
  await message(child)
  child.send({ port: PORT, folder })
  const { pages } = await message<{ pages: readonly string[] }>(child)
  const cpu = async () => {
    child.send({})
    return (await message<{ cpu: number }>(child)).cpu
  }
  return {
    url: `http://localhost:${PORT}`,
    pages,
    cpu,
    async quiet() {
      let before = await cpu()
      for (let look = 0; look < 50; look++) {
        await new Promise((go) => setTimeout(go, 100))
        const now = await cpu()
        if (now - before < 2000) return
        before = now
      }
    },
    stop: () =>
      new Promise((stopped) => {
        child.once('exit', () => stopped())
        child.kill('SIGTERM')
      }),
  }
}

function message<T>(child: ChildProcess): Promise<T> {
  return new Promise((got, fail) => {
    const ended = (code: number | null) => fail(new Error(`the server ended with ${code}`))
    child.once('exit', ended)
    child.once('message', (value) => {
      child.off('exit', ended)
      got(value as T)
    })
  })
}

function isOver({ first, warm, bytes }: Figures): boolean {
  return first > MOST.cpu || warm > MOST.cpu || bytes > MOST.bytes
}

function lineOf(figures: Figures): string[] {
  const { path, status, first, warm, bytes, files } = figures
  const kilo = (count: number) => (count / 1000).toFixed(1)
  return [
    `\`${path}\``,
    String(status),
    first.toFixed(1),
    warm.toFixed(1),
    kilo(bytes),
    kilo(files),
    isOver(figures) ? '**over**' : '',
  ]
}

function tableOf(all: readonly Figures[]): string {
  const head = ['page', 'status', 'first, ms CPU', 'warm, ms CPU', 'kB', 'kB of its files', '']
  return [head, head.map(() => '---'), ...all.map(lineOf)]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

function rowsOf(all: readonly Figures[], auditRows: number): Row[] {
  const crowded = `${whole(crowd.apps)} apps, ${whole(crowd.users)} users, ${whole(auditRows)} audit rows`
  const highest = (what: string, pick: (figures: Figures) => number, unit: string, most: number): Row => {
    const top = all.reduce((a, b) => (pick(b) > pick(a) ? b : a))
    return {
      what,
      figure: `${pick(top).toFixed(1)} ${unit}`,
      floor: `\`${top.path}\`, the highest of ${all.length}; ${crowded}`,
      ...judged(`≤ ${most} ${unit}`, pick(top) <= most),
    }
  }
  return [
    highest('a page, as the first request of a process', ({ first }) => first, 'ms CPU', MOST.cpu),
    highest('a page, warm', ({ warm }) => warm, 'ms CPU', MOST.cpu),
    highest('a page over the wire', ({ bytes }) => bytes / 1000, 'kB', MOST.bytes / 1000),
  ]
}
