import { LanyardError } from '../../lib/errors.ts'
import type { Ground } from '../../smart/ground.ts'
import type { Range } from '../../smart/permit.ts'
import { showsAll } from '../../smart/range.ts'
import { has, isResourceScope } from '../../smart/scope.ts'
import { factor } from '../../smart/scope-algebra.ts'
import { type Access, type Grounds, groundsOf, mint } from '../access/access.ts'
import { forbidden } from '../access/refusal.ts'
import { EXPORTING, type ExportLevel } from './request.ts'

const rights = new WeakMap<Access, Access>()

/**
 * What a token may export: of its scopes only those of the level system with `r` and `s` count (BULK-15). What limits
 * it otherwise goes on limiting it.
 */
export function exportRight(access: Access): Access {
  const known = rights.get(access)
  if (known !== undefined) return known
  const right = rightFrom(groundsOf(access))
  rights.set(access, right)
  return right
}

/** The same from what was written down at the kick-off (BULK-20). */
export function rightFrom([first, ...others]: Grounds): Access {
  return mint([exporting(first), ...others.map(exporting)], 'named')
}

function exporting({ claims, authority }: Ground): Ground {
  const scopes = factor(authority.scopes.filter(isResourceScope)).filter(
    (scope) => scope.level === 'system' && has(scope, 'r') && has(scope, 's'),
  )
  return { claims, authority: { ...authority, scopes } }
}

/** Whether all that `narrow` may export of some types may be exported by `wide` too (BULK-16). */
export function coversExport(wide: Access, narrow: Access, types: readonly string[]): boolean {
  return types.every((type) =>
    rangesOf(narrow, type).every((range) => rangesOf(wide, type).some((other) => includes(other, range))),
  )
}

/** @throws LanyardError `forbidden` */
export function mustCover(wide: Access, narrow: Access, types: readonly string[]): void {
  if (!coversExport(wide, narrow, types))
    throw forbidden(
      'export-coverage',
      'This token opens less than the one that started the export; ask for one with the same scopes.',
    )
}

function rangesOf(access: Access, type: string): readonly Range[] {
  const decision = access.decide(EXPORTING, type)
  return decision.allowed ? decision.ranges : []
}

/** The same limits, or some of the criteria less; by which scope and rule they came about does not matter. */
function includes(wide: Range, narrow: Range): boolean {
  return (
    limitsOf(wide) === limitsOf(narrow) &&
    wide.where.every(({ name, value }) =>
      narrow.where.some((own) => own.name === name && own.value === value),
    )
  )
}

function limitsOf({ scope: _s, rule: _r, where: _w, writable: _u, ...limits }: Range): string {
  return JSON.stringify(limits)
}

/**
 * Whether a right opens some resources of a type to exports at a level. Of records nothing is exported of which
 * elements are hidden: that it lies in one would tell of them.
 */
export function opensExport(right: Access, type: string, { of }: ExportLevel): boolean {
  const found = right.decide(EXPORTING, type)
  if (!found.allowed || !right.decide('read', type).allowed) return false
  return of === 'system' || found.ranges.every(showsAll)
}

/** Job and files are there for the very client that started the export, while it is the same (BULK-16, BULK-20). */
export function isHolder(grounds: Grounds, access: Access): boolean {
  return JSON.stringify(grounds.map(holderOf)) === JSON.stringify(groundsOf(access).map(holderOf))
}

function holderOf({ claims: { client_id, sub, gid } }: Ground): string[] {
  return [client_id, sub, gid ?? '']
}

/**
 * What is kept of the grounds of a kick-off: who it was, and what it opened.
 * @throws LanyardError `forbidden` for credentials without a grant, of whose end nobody would hear
 */
export function keptOf([first, ...others]: Grounds): Grounds {
  return [kept(first), ...others.map(kept)]
}

function kept({ claims: { client_id, sub, jti, gid }, authority }: Ground): Ground {
  if (gid !== undefined) return { claims: { client_id, sub, jti, gid }, authority }
  throw forbidden(
    'export-needs-token',
    'An export goes on after the request, so it needs an access token of this server, which ends with its client.',
  )
}

export function noSuchExport(): LanyardError {
  return new LanyardError(
    'not-found',
    'There is no such export: it was never there, has ended or was removed.',
    {
      word: 'not-found',
      reason: 'export-unknown',
    },
  )
}
