import { expect } from 'vitest'
import { type Expected, expected } from './answer.ts'
import { parametersOf, pathOf, type Question, type Search, show } from './question.ts'
import { type Grant, scopeText, sightOf } from './sight.ts'
import type { World } from './world.ts'

/** Asks a server as the holder of a token. */
export type Ask = (
  grant: Grant,
  address: string,
  form?: URLSearchParams,
) => Promise<{ status: number; text: string }>

type Bundle = {
  total?: number
  link: { relation: string; url: string }[]
  entry?: { resource: { resourceType: string; id: string }; search: { mode: string } }[]
}

/** Pages that are followed at most: a search of the world never has more. */
const MOST_PAGES = 3000

/** How a server's answer differs from the oracle's; nothing if it does not. */
export async function difference(
  grant: Grant,
  question: Question,
  world: World,
  ask: Ask,
): Promise<{ problem: string | undefined; status: number; found: number }> {
  const sight = sightOf(grant, world)
  const right = expected(question, sight, world)
  const address = `${world.base}/${pathOf(question)}`
  const { status, text } = await first(grant, question, address, ask)
  const wrong = (problem: string) => ({ problem, status, found: 0 })
  if (status !== right.status)
    return wrong(`answered ${status} instead of ${right.status}: ${text.slice(0, 300)}`)
  if (status !== 200) {
    const isOutcome = (JSON.parse(text) as { resourceType: string }).resourceType === 'OperationOutcome'
    return { problem: isOutcome ? undefined : `refused with a body: ${text.slice(0, 300)}`, status, found: 0 }
  }
  if (question.kind !== 'search') {
    const { resourceType, id } = JSON.parse(text) as { resourceType: string; id: string }
    const same = resourceType === question.type && id === question.id
    return { problem: same ? undefined : `answered with ${resourceType}/${id}`, status, found: 1 }
  }
  const problem = await compareSearch(grant, question, right, text, ask)
  return { problem, status, found: right.matches?.size ?? 0 }
}

async function first(grant: Grant, question: Question, address: string, ask: Ask) {
  if (question.kind !== 'search') return await ask(grant, address)
  const pairs = parametersOf(question)
  const query = (some: [string, string][]) => `${new URLSearchParams(some)}`
  if (!question.posted) return await ask(grant, pairs.length === 0 ? address : `${address}?${query(pairs)}`)
  const half = Math.floor(pairs.length / 2)
  return await ask(
    grant,
    `${address}/_search?${query(pairs.slice(0, half))}`,
    new URLSearchParams(pairs.slice(half)),
  )
}

/** Follows all pages and compares matches, total and what each page brings along. */
async function compareSearch(
  grant: Grant,
  { shape }: Search,
  { matches = new Set<string>(), included }: Expected,
  text: string,
  ask: Ask,
): Promise<string | undefined> {
  const found: string[] = []
  let page = JSON.parse(text) as Bundle
  for (let number = 1; ; number++) {
    if (page.total !== undefined && page.total !== matches.size)
      return `total ${page.total} instead of ${matches.size}`
    if (page.total === undefined && shape._total !== 'none') return 'no total'
    if (shape._summary === 'count') return page.entry === undefined ? undefined : 'a count with entries'
    const entries = (page.entry ?? []).map(({ resource, search }) => ({
      key: `${resource.resourceType}/${resource.id}`,
      mode: search.mode,
    }))
    const own = entries.filter(({ mode }) => mode === 'match').map(({ key }) => key)
    found.push(...own)
    const extra = entries.filter(({ mode }) => mode === 'include').map(({ key }) => key)
    const allowed = included?.(own) ?? new Set<string>()
    // With a warning some of very many are left out.
    const isCut = entries.some(({ mode }) => mode === 'outcome')
    const right = isCut ? new Set([...allowed].filter((key) => extra.includes(key))) : allowed
    const unlike = setDifference(right, extra)
    if (unlike !== undefined) return `page ${number} included ${unlike}`
    const next = page.link.find(({ relation }) => relation === 'next')?.url
    if (next === undefined) break
    if (number === MOST_PAGES) return 'pages without end'
    const answer = await ask(grant, next)
    if (answer.status !== 200)
      return `page ${number + 1} answered ${answer.status}: ${answer.text.slice(0, 300)}`
    page = JSON.parse(answer.text) as Bundle
  }
  const unlike = setDifference(matches, found)
  return unlike === undefined ? undefined : `found ${unlike}`
}

function setDifference(right: ReadonlySet<string>, given: readonly string[]): string | undefined {
  const tooMany = given.filter((key) => !right.has(key))
  const tooFew = [...right].filter((key) => !given.includes(key))
  const twice = given.filter((key, at) => given.indexOf(key) !== at)
  if (tooMany.length + tooFew.length + twice.length === 0) return undefined
  const list = (what: string, keys: string[]) =>
    keys.length === 0 ? [] : [`${what} ${keys.slice(0, 8).join(', ')}`]
  return [...list('also', tooMany), ...list('not', tooFew), ...list('twice', twice)].join('; ')
}

/** What was asked and how it ended, so that a test can see that it tested something. */
export type Tally = { asked: number; ok: number; refused: number; hidden: number; withMatches: number }

/**
 * Asks as many questions as told, some under each grant, and compares every answer with the oracle's.
 * @throws on the first difference, after taking away from scopes and question what is not needed for it
 */
export async function compareMany(
  world: World,
  ask: Ask,
  { grant, question }: { grant(): Grant; question(grant: Grant): Question },
  { grants, questions }: { grants: number; questions: number },
): Promise<Tally> {
  const tally: Tally = { asked: 0, ok: 0, refused: 0, hidden: 0, withMatches: 0 }
  for (let i = 0; i < grants; i++) {
    const given = grant()
    for (let j = 0; j < questions; j++) {
      const asked = question(given)
      const { problem, status, found } = await difference(given, asked, world, ask)
      if (problem !== undefined) expect.fail(await explained(given, asked, world, ask))
      tally.asked++
      if (status === 200) tally.ok++
      else if (status === 403) tally.refused++
      else tally.hidden++
      if (found > 0) tally.withMatches++
    }
  }
  return tally
}

/** The smallest case that still differs, as a person reads it. */
async function explained(grant: Grant, question: Question, world: World, ask: Ask): Promise<string> {
  let best = { grant, question }
  for (let smaller = true; smaller; ) {
    smaller = false
    for (const candidate of simpler(best.grant, best.question)) {
      const { problem } = await difference(candidate.grant, candidate.question, world, ask)
      if (problem === undefined) continue
      best = candidate
      smaller = true
      break
    }
  }
  const { problem } = await difference(best.grant, best.question, world, ask)
  const { patient, user } = best.grant
  return [
    `The server and the oracle differ: ${problem ?? '(not when asked again)'}`,
    `  scopes   ${scopeText(best.grant)}`,
    `  patient  ${patient ?? 'none'}`,
    `  user     ${JSON.stringify(user ?? 'none')}`,
    `  asked    ${show(best.question)}`,
  ].join('\n')
}

function simpler(grant: Grant, question: Question): { grant: Grant; question: Question }[] {
  const grants = grant.scopes.map((_, at) => ({
    ...grant,
    scopes: grant.scopes.filter((__, other) => other !== at),
  }))
  const cases = [...grants, ...(grant.identity ? [{ ...grant, identity: false }] : [])].map((one) => ({
    grant: one,
    question,
  }))
  if (question.kind !== 'search') return cases
  const without = <T>(items: readonly T[]): T[][] =>
    items.map((_, at) => items.filter((__, other) => other !== at))
  const questions: Search[] = [
    ...without(question.filters).map((filters) => ({ ...question, filters })),
    ...without(question.includes).map((includes) => ({ ...question, includes })),
    ...without(Object.entries(question.shape)).map((shape) => ({
      ...question,
      shape: Object.fromEntries(shape),
    })),
    ...(question.posted ? [{ ...question, posted: false }] : []),
  ]
  return [...cases, ...questions.map((one) => ({ grant, question: one }))]
}
