import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { LanyardError, messageOf } from '../lib/errors.ts'
import type { Database } from '../store/database.ts'

/** Closes and opens secrets at rest. */
export type Seal = {
  close(plain: string): string
  open(sealed: string): string
  /** A seal with a key of its own, so that what is sealed for one purpose means nothing for another. */
  for(purpose: string): Seal
  /** A secret for one purpose, for whoever signs with a text of its own; the same on every node. */
  secretFor(purpose: string): string
}

const VERSION = 'v1'
/** How long a key file may be empty while another process makes it, in milliseconds. */
const PATIENCE = 500
/** Bytes: a shorter tag, which Node would accept, is easier to guess. */
const TAG = { authTagLength: 16 }

/** AES-256-GCM with a random nonce; the text form is `v1.nonce.tag.cipher`, each base64url. */
export function createSeal(key: Uint8Array): Seal {
  return {
    for: (purpose) => createSeal(derived(key, purpose)),
    secretFor: (purpose) => Buffer.from(derived(key, `secret ${purpose}`)).toString('base64url'),
    close(plain) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce, TAG)
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return [VERSION, ...[nonce, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join(
        '.',
      )
    },
    open(sealed) {
      const [version, nonce, tag, body] = sealed.split('.')
      if (version !== VERSION || !nonce || !tag || !body) throw wrongKey()
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'), TAG)
        decipher.setAuthTag(Buffer.from(tag, 'base64url'))
        return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString(
          'utf8',
        )
      } catch (error) {
        throw wrongKey(error)
      }
    },
  }
}

function derived(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, '', purpose, 32))
}

/**
 * The sealing key: from the configuration, or from its file. At the first start the file is made; when the
 * database holds keys already, a key that is missing was lost, and another one would open nothing.
 * @returns 32 bytes
 * @throws LanyardError `configuration` if the file can be neither read nor made
 */
export async function sealingKey(
  config: { sealingKey?: string | undefined; sealingKeyFile: string },
  db: Database,
): Promise<Uint8Array> {
  if (config.sealingKey !== undefined) return Buffer.from(config.sealingKey, 'base64url')
  const file = config.sealingKeyFile
  if (!existsSync(file)) {
    const sealed = await db.kysely.selectFrom('signing_key').select('kid').limit(1).execute()
    if (sealed.length > 0) {
      throw new LanyardError(
        'configuration',
        `The sealing key ${file} is missing, but the database holds signing keys that were sealed with it. Put it back, or set LANYARD_SEALING_KEY or LANYARD_SEALING_KEY_FILE.`,
      )
    }
    makeKey(file)
  }
  return await readKey(file)
}

function makeKey(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true })
    // `wx`: of two processes that start together, one makes the file and both read it.
    writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (existsSync(file)) return
    throw new LanyardError(
      'configuration',
      `The sealing key ${file} cannot be made (${messageOf(error)}). Make the folder writable, or hand the key in with LANYARD_SEALING_KEY.`,
      { cause: error },
    )
  }
}

/** @throws LanyardError `configuration` if the file does not hold a key */
export async function readKey(file: string): Promise<Uint8Array> {
  const deadline = Date.now() + PATIENCE
  for (;;) {
    const text = readText(file)
    if (/^[A-Za-z0-9_-]{43}$/.test(text)) return Buffer.from(text, 'base64url')
    if (text !== '' || Date.now() > deadline) {
      throw new LanyardError(
        'configuration',
        `The sealing key ${file} must hold 32 random bytes in base64url (43 characters) and nothing else.`,
      )
    }
    // Another process has just made the file and is about to fill it.
    await setTimeout(20)
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new LanyardError('configuration', `The sealing key ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    })
  }
}

function wrongKey(cause?: unknown): LanyardError {
  return new LanyardError(
    'configuration',
    'The signing keys in the database cannot be opened with this sealing key. Start with the key they were sealed with.',
    { cause },
  )
}
