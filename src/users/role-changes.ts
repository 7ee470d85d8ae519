import { letters } from '../smart/letters.ts'
import { criteriaIn } from '../smart/policy.ts'
import { formatScope, parseScopes, type Vocabulary } from '../smart/scope.ts'
import { narrow } from '../smart/scope-algebra.ts'
import type { RoleFile } from './role-file.ts'

type FileRule = RoleFile['rules'][number]

/** What one state of a role allows and another does not. */
export type RoleDifference =
  | {
      readonly of: 'rules'
      readonly types: readonly string[]
      readonly letters: string
      /** Whether nothing is left of it: its own limits stand below. Else those that narrow it now. */
      readonly gone: boolean
      /** Only where, without, and changing only. */
      readonly where: readonly string[]
      readonly hide: readonly string[]
      readonly writable: readonly string[] | undefined
    }
  /** `*` among `gone`: all others than those that are `left`. */
  | { readonly of: 'apps' | 'scopes'; readonly gone: readonly string[]; readonly left: readonly string[] }
  | { readonly of: 'basic'; readonly gone: 'read' | 'write'; readonly left: 'read' | undefined }

/**
 * What somebody with a role alone loses when it becomes another one; the other way round it is what they gain. As of
 * rules themselves (permit.ts), each counts whole: what two of them would open together is not looked for.
 * @param after nothing, for a role that is to go
 */
export function lossesOf(
  before: RoleFile,
  after: RoleFile | undefined,
  vocabulary: Vocabulary,
): RoleDifference[] {
  const of = joined(before.rules.flatMap((rule) => lossesOfRule(rule, after?.rules ?? [])))
  return after === undefined
    ? of
    : [
        ...of,
        ...lists('apps', before.apps, after.apps),
        ...scopes(before, after, vocabulary),
        ...basic(before, after),
      ]
}

type RuleLoss = Extract<RoleDifference, { of: 'rules' }>

function lossesOfRule(rule: FileRule, after: readonly FileRule[]): RuleLoss[] {
  const named = after.flatMap(({ types }) => types).filter((type) => type !== '*')
  // Of a rule about every type, those of which the others speak are looked at one by one.
  const types = rule.types.includes('*') ? ['*', ...new Set(named)] : rule.types
  return types.flatMap((type) =>
    letters
      .filter((letter) => rule.letters.includes(letter))
      .flatMap((letter) => {
        const about = after.filter(
          (one) => (one.types.includes('*') || one.types.includes(type)) && one.letters.includes(letter),
        )
        const narrowed = about.map((one) => narrowing(rule, one, letter))
        if (narrowed.some((one) => one === undefined)) return []
        const [least] = narrowed.filter((one) => one !== undefined).toSorted((a, b) => sizeOf(a) - sizeOf(b))
        const loss = least ?? limitsOf(rule, letter)
        return [{ of: 'rules' as const, types: [type], letters: letter, gone: least === undefined, ...loss }]
      }),
  )
}

type Narrowing = Pick<RuleLoss, 'where' | 'hide' | 'writable'>

/** What a rule leaves out that another opened; nothing if it opens all of it. */
function narrowing(before: FileRule, after: FileRule, letter: string): Narrowing | undefined {
  const had = new Set(before.where.flatMap(partsOf))
  const where = after.where.flatMap(partsOf).filter((part) => !had.has(part))
  const hide = after.hide.filter((path) => !before.hide.includes(path))
  const lost =
    letter === 'u' &&
    after.writable !== undefined &&
    (before.writable ?? ['']).some((path) => !within(path, after.writable ?? []))
  const writable = lost ? after.writable : undefined
  return where.length === 0 && hide.length === 0 && writable === undefined
    ? undefined
    : { where, hide, writable }
}

function limitsOf({ where, hide, writable }: FileRule, letter: string): Narrowing {
  return { where: where.flatMap(partsOf), hide, writable: letter === 'u' ? writable : undefined }
}

function partsOf(text: string): string[] {
  return criteriaIn(text).map(({ name, value }) => `${name}=${value}`)
}

function within(path: string, paths: readonly string[]): boolean {
  return paths.some((other) => path === other || path.startsWith(`${other}.`))
}

function sizeOf({ where, hide, writable }: Narrowing): number {
  return where.length + hide.length + (writable === undefined ? 0 : 1)
}

/** Letters of the same types and limits in one, then types of the same letters and limits. */
function joined(losses: readonly RuleLoss[]): RuleLoss[] {
  const limits = ({ gone, where, hide, writable }: RuleLoss) => [gone, where, hide, writable]
  const byType = Map.groupBy(losses, (loss) => JSON.stringify([loss.types, limits(loss)]))
  const once = [...byType.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ ...first, letters: inOrder([first, ...others].map((loss) => loss.letters).join('')) }],
  )
  const byLetters = Map.groupBy(once, (loss) => JSON.stringify([loss.letters, limits(loss)]))
  return [...byLetters.values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ ...first, types: [...first.types, ...others.flatMap(({ types }) => types)] }],
  )
}

function inOrder(text: string): string {
  return letters.filter((letter) => text.includes(letter)).join('')
}

function lists(of: 'apps' | 'scopes', before: readonly string[], after: readonly string[]): RoleDifference[] {
  if (after.includes('*')) return []
  const gone = before.includes('*') ? ['*'] : before.filter((one) => !after.includes(one))
  return gone.length === 0 ? [] : [{ of, gone, left: after }]
}

function scopes(before: RoleFile, after: RoleFile, vocabulary: Vocabulary): RoleDifference[] {
  if (after.scopes === undefined) return []
  const limits = parseScopes(after.scopes, vocabulary).scopes
  const left = limits.map(formatScope)
  if (before.scopes === undefined) return [{ of: 'scopes', gone: ['*'], left }]
  const { refused } = narrow(parseScopes(before.scopes, vocabulary).scopes, limits)
  const gone = refused.map(({ scope }) => formatScope(scope))
  return gone.length === 0 ? [] : [{ of: 'scopes', gone, left }]
}

function basic({ basic: gone }: RoleFile, { basic: left }: RoleFile): RoleDifference[] {
  if (gone === undefined || gone === left || left === 'write') return []
  return [{ of: 'basic', gone, left }]
}
