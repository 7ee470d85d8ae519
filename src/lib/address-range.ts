import { BlockList, isIP } from 'node:net'

/**
 * What is wrong with a range of addresses as somebody wrote it (RFC 4632 §3.1, RFC 4291 §2.3: `10.1.0.0/16`,
 * `2001:db8::/32`, or one address), or nothing.
 */
export function rangeProblem(range: string): string | undefined {
  const [address = '', bits, ...more] = range.split('/')
  const family = isIP(address)
  if (family === 0 || address.includes('%') || more.length > 0)
    return 'must be an address or a range such as "10.1.0.0/16" or "2001:db8::/32"'
  if (bits === undefined) return undefined
  const most = family === 4 ? 32 : 128
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? undefined : `has a length that is not 0 to ${most}`
}

/**
 * True if an address lies in one of the ranges. An IPv4 address counts as that, however a socket for both families
 * writes it; what is no address lies nowhere.
 */
export function liesInRanges(address: string, ranges: readonly string[]): boolean {
  // RFC 4291 §2.5.5.2
  const bare = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  const family = isIP(bare)
  return family !== 0 && ranges.some((range) => liesIn(bare, family, range))
}

function liesIn(address: string, family: number, range: string): boolean {
  const [net = '', bits] = range.split('/')
  // A net of IPv6 would otherwise catch IPv4 addresses too, as ::ffff:a.b.c.d.
  if (isIP(net) !== family) return false
  const name = family === 4 ? 'ipv4' : 'ipv6'
  const list = new BlockList()
  list.addSubnet(net, Number(bits ?? (family === 4 ? 32 : 128)), name)
  return list.check(address, name)
}
