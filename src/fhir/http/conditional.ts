import { LanyardError } from '../../lib/errors.ts'

/** Whether `If-None-Match` names a version; R4 §3.1.0.5 compares weakly, as RFC 9110 §13.1.2 does. */
export function namesTag(header: string, tag: string): boolean {
  const plain = withoutWeakness(tag)
  return header.split(',').some((named) => named.trim() === '*' || withoutWeakness(named.trim()) === plain)
}

function withoutWeakness(tag: string): string {
  return tag.replace(/^W\//, '')
}

/**
 * The versions that `If-Match` names, compared weakly (REST-08); `*` is any version. Undefined without the header.
 * @throws LanyardError `invalid-request` for anything but ETags of ours
 */
export function versionsOf(header: string | undefined): readonly number[] | undefined {
  if (header === undefined || header.trim() === '*') return undefined
  return header.split(',').map((tag) => {
    const version = /^\s*(?:W\/)?"([^"]{1,64})"\s*$/.exec(tag)?.[1]
    if (version === undefined) {
      throw new LanyardError('invalid-request', 'Write If-Match as the ETag of a version: W/"3".', {
        word: 'value',
        reason: 'if-match',
      })
    }
    // A version that was never ours matches none.
    return /^[1-9]\d{0,8}$/.test(version) ? Number(version) : 0
  })
}
