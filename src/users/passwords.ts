import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { LanyardError } from '../lib/errors.ts'
import { oneAtATime } from './one-at-a-time.ts'

/** What a hash costs: 128·2^ln·r bytes of memory, and time in proportion to that and to p (RFC 7914 §2). */
export type Cost = { ln: number; r: number; p: number }
export type Derive = (password: string, salt: Buffer, cost: Cost) => Promise<Buffer>
export type Passwords = ReturnType<typeof createPasswords>

/** OWASP Password Storage Cheat Sheet: as hard as N=2^17, p=1, in a quarter of the memory (32 MB). */
const COST: Cost = { ln: 15, r: 8, p: 3 }
const SALT = 16
const KEY = 32
/**
 * Sign-ins that may wait for their turn; how many may be under way from one network, which may be a whole hospital,
 * so that it leaves room for others; and the seconds after which those are through.
 */
const WAITING = { most: 256, share: 200 }
const RETRY_AFTER = 60

/** Fewest and most characters of a password. */
export const passwordLength = { least: 12, most: 200 }

/** What is wrong with a new password, or nothing. Length alone counts (NIST SP 800-63B §5.1.1.2). */
export function passwordMisfit(password: string): 'short' | 'long' | undefined {
  const { length } = [...normal(password)]
  if (length < passwordLength.least) return 'short'
  return length > passwordLength.most ? 'long' : undefined
}

/** The same as the end of a sentence: "The password must …". */
export function passwordProblem(password: string): string | undefined {
  if (passwordMisfit(password) === undefined) return undefined
  return `must have ${passwordLength.least} to ${passwordLength.most} characters`
}

/**
 * Hashes passwords, in a thread of Node's pool and only one at a time, so that a storm of sign-ins leaves tokens and
 * FHIR requests their processor.
 * @param derive does one hash
 */
export function createPasswords(derive: Derive = deriveByScrypt) {
  const inTurn = oneAtATime(
    WAITING,
    () =>
      new LanyardError('too-many', 'Too many people are signing in at this moment. Try again in a minute.', {
        reason: 'password-queue-full',
        headers: { 'retry-after': String(RETRY_AFTER) },
      }),
  )
  return {
    /**
     * @returns `$scrypt$ln=…,r=…,p=…$salt$key`, salt and key in base64 without padding
     * @throws LanyardError `too-many`
     */
    async hash(password: string): Promise<string> {
      const salt = randomBytes(SALT)
      return inWords(COST, salt, await inTurn(() => derive(normal(password), salt, COST)))
    },
    /**
     * Compares a password with a hash. Without one, for a user that is not there, it takes the same time.
     * @param network where the password comes from; each may take only its share of the queue
     * @throws LanyardError `too-many`
     */
    async verify(password: string, hash: string | undefined, network?: string): Promise<boolean> {
      const { cost, salt, key } = parse(hash ?? nobodys)
      const derived = await inTurn(() => derive(normal(password), salt, cost), network)
      return timingSafeEqual(derived, key) && hash !== undefined
    },
  }
}

/** A hash as `hash` makes it: all cost the same, so that time tells nothing about a user. */
export const passwordHash = new RegExp(
  `^\\$scrypt\\$ln=${COST.ln},r=${COST.r},p=${COST.p}\\$[A-Za-z0-9+/]{22}\\$[A-Za-z0-9+/]{43}$`,
)

const nobodys = inWords(COST, Buffer.alloc(SALT), Buffer.alloc(KEY))

/** The same characters typed on different keyboards are the same password (RFC 8265 §4.2). */
function normal(password: string): string {
  return password.normalize('NFC')
}

function inWords({ ln, r, p }: Cost, salt: Buffer, key: Buffer): string {
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
  return `$scrypt$ln=${ln},r=${r},p=${p}$${text(salt)}$${text(key)}`
}

function parse(hash: string): { cost: Cost; salt: Buffer; key: Buffer } {
  const found = /^\$scrypt\$ln=(\d+),r=(\d+),p=(\d+)\$([^$]+)\$([^$]+)$/.exec(hash)
  if (found === null) throw new Error('a stored password hash cannot be read')
  const [, ln, r, p, salt = '', key = ''] = found
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, 'base64'),
    key: Buffer.from(key, 'base64'),
  }
}

const deriveByScrypt: Derive = (password, salt, { ln, r, p }) =>
  new Promise((resolve, reject) => {
    const N = 2 ** ln
    const options = { N, r, p, maxmem: 128 * r * (N + p + 2) }
    scrypt(password, salt, KEY, options, (error, key) => (error === null ? resolve(key) : reject(error)))
  })
