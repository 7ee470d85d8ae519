/** Whether `If-None-Match` names a version; R4 §3.1.0.5 compares weakly, as RFC 9110 §13.1.2 does. */
export function namesTag(header: string, tag: string): boolean {
  const plain = withoutWeakness(tag)
  return header.split(',').some((named) => named.trim() === '*' || withoutWeakness(named.trim()) === plain)
}

function withoutWeakness(tag: string): string {
  return tag.replace(/^W\//, '')
}
