import { hostname } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FetchPolicy, guardedFetch, isPublicAddress } from '../../src/lib/guarded-fetch.ts'
import { type JwksServer, startJwksServer } from '../support/jwks-server.ts'

const strict: FetchPolicy = { allowLoopback: false, privateHosts: [] }
const demo: FetchPolicy = { allowLoopback: true, privateHosts: [] }

const detailOf = async (address: string, policy: FetchPolicy): Promise<string> => {
  try {
    return `answer ${(await guardedFetch(address, policy)).status}`
  } catch (error) {
    return String((error as { detail?: string }).detail)
  }
}

describe('CAUTH-15 addresses', () => {
  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001::200e',
    '2001:200::1',
    '3ffe::1',
  ])('CAUTH-15 %s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })

  test.each([
    ['0.0.0.0', 'this host'],
    ['0.1.2.3', 'this network'],
    ['10.0.0.1', 'private'],
    ['10.255.255.255', 'private'],
    ['100.64.0.1', 'carrier NAT'],
    ['127.0.0.1', 'loopback'],
    ['127.255.255.254', 'loopback'],
    ['169.254.169.254', 'link-local: cloud metadata'],
    ['172.16.0.1', 'private'],
    ['172.31.255.255', 'private'],
    ['192.0.0.8', 'IETF'],
    ['192.0.2.1', 'documentation'],
    ['192.88.99.1', '6to4 relay'],
    ['192.168.1.1', 'private'],
    ['198.18.0.1', 'benchmarks'],
    ['198.19.255.255', 'benchmarks'],
    ['198.51.100.1', 'documentation'],
    ['203.0.113.1', 'documentation'],
    ['224.0.0.1', 'multicast'],
    ['239.255.255.250', 'multicast'],
    ['240.0.0.1', 'reserved'],
    ['255.255.255.255', 'broadcast'],
    ['::', 'unspecified'],
    ['::1', 'loopback'],
    ['::7f00:1', 'IPv4-compatible'],
    ['::ffff:127.0.0.1', 'IPv4-mapped loopback'],
    ['::ffff:10.0.0.1', 'IPv4-mapped private'],
    ['::ffff:a9fe:a9fe', 'IPv4-mapped cloud metadata'],
    ['::ffff:8.8.8.8', 'IPv4-mapped, which no name has'],
    ['::ffff:0:127.0.0.1', 'IPv4-translated'],
    ['64:ff9b::7f00:1', 'NAT64'],
    ['64:ff9b::a9fe:a9fe', 'NAT64 of cloud metadata'],
    ['64:ff9b:1::1', 'NAT64, local'],
    ['100::1', 'discard'],
    ['2001::1', 'Teredo'],
    ['2001:10::1', 'ORCHID'],
    ['2001:db8::1', 'documentation'],
    ['2002:7f00:1::', '6to4 of loopback'],
    ['3fff::1', 'documentation'],
    ['5f00::1', 'segment routing'],
    ['fc00::1', 'unique local'],
    ['fd12:3456::1', 'unique local'],
    ['fe80::1', 'link-local'],
    ['fec0::1', 'site-local'],
    ['ff02::1', 'multicast'],
  ])('CAUTH-15 %s is not public (%s), and is not fetched', async (address) => {
    expect(isPublicAddress(address)).toBe(false)
    const host = address.includes(':') ? `[${address}]` : address
    expect(await detailOf(`https://${host}/jwks`, strict)).toMatch(/which is not a public address$/)
  })

  test.each([
    ['decimal', 'https://2130706433/'],
    ['hexadecimal', 'https://0x7f000001/'],
    ['octal', 'https://0177.0.0.1/'],
    ['short', 'https://127.1/'],
    ['with a dot behind', 'https://127.0.0.1./'],
    ['full-width digits', 'https://１２７.０.０.１/'],
  ])('CAUTH-15 loopback in disguise (%s) is refused', async (_what, address) => {
    expect(await detailOf(address, strict)).toMatch(/127\.0\.0\.1, which is not a public address/)
  })
})

describe('CAUTH-15 names and schemes', () => {
  let site: JwksServer
  beforeAll(async () => {
    site = await startJwksServer()
    site.publish([])
  })
  afterAll(() => site.close())

  const named = (name: string) => site.url.replace('127.0.0.1', name)

  test('CAUTH-15 a name that resolves to a private address is refused before a connection', async () => {
    const before = site.requests.length
    // This machine's own names resolve without a network.
    for (const name of ['localhost', 'LOCALHOST', hostname()]) {
      const detail = await detailOf(named(name).replace('http:', 'https:'), strict)
      expect(detail).toMatch(/which is not a public address|ENOTFOUND|EAI_AGAIN/)
    }
    expect(await detailOf(named('localhost').replace('http:', 'https:'), strict)).toMatch(/localhost lies on/)
    expect(site.requests).toHaveLength(before)
  })

  test('CAUTH-15 loopback is fetched where it is allowed, by http too; elsewhere http is refused', async () => {
    expect(await detailOf(site.url, demo)).toBe('answer 200')
    expect(await detailOf(named('localhost'), demo)).toBe('answer 200')
    expect(await detailOf(site.url, strict)).toBe('http:// is not allowed')
    expect(await detailOf('http://8.8.8.8/', demo)).toBe('http:// is not allowed')
    expect(await detailOf('http://example.org/', demo)).toBe('http:// is not allowed')
    expect(await detailOf('http://127.0.0.1.example.org/', demo)).toBe('http:// is not allowed')
    for (const scheme of ['ftp', 'file', 'data', 'gopher', 'ws']) {
      expect(await detailOf(`${scheme}://127.0.0.1/`, demo)).toMatch(/:\/\/ is not allowed$/)
    }
  })

  test('CAUTH-15 private addresses are refused in demo mode too, loopback aside', async () => {
    expect(await detailOf('https://10.0.0.1/', demo)).toMatch(/not a public address/)
    expect(await detailOf('https://169.254.169.254/', demo)).toMatch(/not a public address/)
  })

  test('CAUTH-15 a host that the operator named may lie on a private address, by https only', async () => {
    const policy = { allowLoopback: false, privateHosts: ['LocalHost'] }
    // The site speaks no TLS: that it was asked shows that it was allowed.
    expect(await detailOf(named('localhost').replace('http:', 'https:'), policy)).toMatch(
      /SSL|wrong version|EPROTO/i,
    )
    expect(await detailOf(named('localhost'), policy)).toBe('http:// is not allowed')
    expect(await detailOf(site.url.replace('http:', 'https:'), policy)).toMatch(/not a public address/)
  })

  test('CAUTH-15 nothing of ours goes along: no cookies, no credentials, one connection a request', async () => {
    await guardedFetch(site.url, demo)
    expect(Object.keys(site.requests.at(-1)?.headers ?? {}).sort()).toEqual([
      'accept',
      'connection',
      'host',
      'user-agent',
    ])
    expect(site.requests.at(-1)?.headers.connection).toBe('close')
  })
})
