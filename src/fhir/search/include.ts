import type { Definitions } from '../definitions/definitions.ts'
import type { SearchParameter } from '../definitions/types.ts'
import { searchError } from './errors.ts'

/** `_include=Source:parameter[:Target]` and `_revinclude` alike: along one reference parameter of one type. */
export type Include = {
  source: string
  parameter: SearchParameter
  /** Only targets of this type. */
  target: string | undefined
  /** `:iterate`: also from what was included. */
  iterate: boolean
}

/** @throws LanyardError `invalid-request` if it names no reference parameter (SRCH-11) */
export function readInclude(name: string, value: string, definitions: Definitions): Include {
  const [word = '', modifier] = name.split(':')
  if (modifier !== undefined && modifier !== 'iterate') {
    throw searchError(
      'not-supported',
      `The modifier ':${modifier.slice(0, 40)}' is not supported on '${word}'.`,
    )
  }
  const [source = '', code = '', target, ...rest] = value.split(':')
  const parameter = definitions.searchParameter(source, code)
  if (parameter?.type !== 'reference' || rest.length > 0) {
    throw searchError(
      'not-supported',
      `'${word}=${value.slice(0, 80)}' must read Type:reference or Type:reference:Target.`,
    )
  }
  if (target !== undefined && !parameter.targets.includes(target)) {
    throw searchError('not-supported', `'${source}:${code}' never refers to ${target.slice(0, 40)}.`)
  }
  return { source, parameter, target, iterate: modifier === 'iterate' }
}
