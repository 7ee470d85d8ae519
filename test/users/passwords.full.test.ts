import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { type Cost, createPasswords, passwordHash, passwordProblem } from '../../src/users/passwords.ts'
import { cheapPasswords } from '../support/users.ts'

const right = 'correct horse battery'

test('SEC-08 a password is stored as a salted scrypt hash with its parameters, and told from others', async () => {
  const passwords = createPasswords()
  const hash = await passwords.hash(right)
  expect(hash).toMatch(passwordHash)
  expect(hash).toMatch(/^\$scrypt\$ln=15,r=8,p=3\$/)
  expect(await passwords.verify(right, hash)).toBe(true)
  expect(await passwords.verify(`${right} `, hash)).toBe(false)
  expect(await passwords.verify('', hash)).toBe(false)
  expect(await passwords.verify(right, hash.replace('p=3', 'p=2'))).toBe(false)
})

test('two hashes of one password have nothing in common', async () => {
  const { passwords } = cheapPasswords()
  const [one = '', other = ''] = [await passwords.hash(right), await passwords.hash(right)]
  expect(one.split('$')[4]).not.toBe(other.split('$')[4])
  expect(await passwords.verify(right, one)).toBe(true)
  expect(await passwords.verify(right, other)).toBe(true)
})

test('the same characters from another keyboard are the same password', async () => {
  const { passwords } = cheapPasswords()
  const composed = 'pr\u00e4ziser Schl\u00fcssel'
  expect(await passwords.verify(composed.normalize('NFD'), await passwords.hash(composed))).toBe(true)
  expect(await passwords.verify('praziser Schlussel', await passwords.hash(composed))).toBe(false)
})

test('SEC-06 where there is no hash, one of the usual cost is computed all the same, and nothing matches', async () => {
  const costs: Cost[] = []
  const passwords = createPasswords(async (_password, _salt, cost) => {
    costs.push(cost)
    // What the stand-in for a missing hash holds: even a match is none.
    return Buffer.alloc(32)
  })
  expect(await passwords.verify(right, undefined)).toBe(false)
  const hash = await passwords.hash(right)
  expect(await passwords.verify(right, hash)).toBe(true)
  expect(costs).toEqual(Array(3).fill({ ln: 15, r: 8, p: 3 }))
})

test.each([
  ['11 characters', 'a'.repeat(11), false],
  ['12 characters', 'a'.repeat(12), true],
  ['12 characters that take more bytes', '\u{1f511}'.repeat(12), true],
  ['12 that are 6 when composed', 'a\u0308'.repeat(6), false],
  ['200 characters', 'a'.repeat(200), true],
  ['201 characters', 'a'.repeat(201), false],
])('a new password of %s', (_what, password, accepted) => {
  expect(passwordProblem(password)).toBe(accepted ? undefined : 'must have 12 to 200 characters')
})

test('one hash at a time, in a thread of its own; 256 wait, and one more is told to come back', async () => {
  let running = 0
  let most = 0
  let done: () => void = () => {}
  const gate = new Promise<void>((open) => {
    done = open
  })
  const passwords = createPasswords(async () => {
    running++
    most = Math.max(most, running)
    await gate
    await setImmediate()
    running--
    return Buffer.alloc(32)
  })
  const storm = Array.from({ length: 257 }, () => passwords.verify(right, undefined))
  await expect(passwords.verify(right, undefined)).rejects.toMatchObject({
    code: 'too-many',
    status: 429,
    headers: { 'retry-after': '60' },
  })
  await expect(passwords.hash(right)).rejects.toMatchObject({ code: 'too-many' })
  done()
  expect(await Promise.all(storm)).toEqual(Array(257).fill(false))
  expect(most).toBe(1)
  expect(await passwords.verify(right, undefined)).toBe(false)
})

test('the event loop turns while a password is hashed', async () => {
  let turns = 0
  let hashed = false
  const hash = createPasswords()
    .hash(right)
    .then(() => {
      hashed = true
    })
  while (!hashed) {
    await setImmediate()
    turns++
  }
  await hash
  expect(turns).toBeGreaterThan(100)
})

test('a hash that fails holds nobody up', async () => {
  let calls = 0
  const passwords = createPasswords(async () => {
    if (calls++ === 0) throw new Error('out of memory')
    return Buffer.alloc(32)
  })
  const [failed, next] = await Promise.allSettled([passwords.hash(right), passwords.hash(right)])
  expect([failed?.status, next?.status]).toEqual(['rejected', 'fulfilled'])
})
