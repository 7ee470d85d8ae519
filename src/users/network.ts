import { isIPv6 } from 'node:net'

/**
 * Whose address it is: an IPv4 address itself; of an IPv6 address the first 64 bits, since whoever has one has them
 * all (RFC 4291 §2.5.4).
 */
export function networkOf(address: string): string {
  // RFC 4291 §2.5.5.2: an IPv4 address, as a socket for both families shows it.
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  if (!isIPv6(address)) return address
  const [head = [], tail = []] = address.split('::').map((part) => (part === '' ? [] : part.split(':')))
  const zeros = Array<string>(Math.max(0, 8 - head.length - tail.length)).fill('0')
  return [...head, ...zeros, ...tail]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')
}
