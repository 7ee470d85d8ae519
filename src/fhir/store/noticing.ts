import type { VisibilityContext } from './visibility.ts'

/**
 * A statement may be kept when every patient and every code system it speaks of was found: their ids never
 * change. One that is not known yet may be known at the next request.
 * @returns a context that looks up the same, and whether it has found all that it was asked for so far
 */
export function noticingLookups(visibility: VisibilityContext) {
  const { conditions } = visibility
  const { names } = conditions
  let missing = false
  const noticed: VisibilityContext = {
    ...visibility,
    conditions: {
      ...conditions,
      async rowsOf(type, ids) {
        const rows = await conditions.rowsOf(type, ids)
        missing ||= rows.length < ids.length
        return rows
      },
      async resolve(parameter, value) {
        const rows = await conditions.resolve(parameter, value)
        // Without a type, others of the same id may come.
        missing ||= rows.length === 0 || !('type' in value) || value.type === undefined
        return rows
      },
      names: {
        ...names,
        async systemId(uri) {
          const id = await names.systemId(uri)
          missing ||= id === undefined
          return id
        },
      },
    },
  }
  return { visibility: noticed, foundAll: () => !missing }
}
