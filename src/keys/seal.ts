import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { LanyardError, messageOf } from '../lib/errors.ts'

/** Closes and opens secrets at rest. */
export type Seal = { close(plain: string): string; open(sealed: string): string }

const VERSION = 'v1'

/** AES-256-GCM with a random nonce; the text form is `v1.nonce.tag.cipher`, each base64url. */
export function createSeal(key: Uint8Array): Seal {
  return {
    close(plain) {
      const nonce = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return [VERSION, ...[nonce, cipher.getAuthTag(), body].map((part) => part.toString('base64url'))].join(
        '.',
      )
    },
    open(sealed) {
      const [version, nonce, tag, body] = sealed.split('.')
      if (version !== VERSION || !nonce || !tag || !body) throw wrongKey()
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'))
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

/**
 * The sealing key: from the configuration, or from its file, which is made at the first start.
 * @returns 32 bytes
 * @throws LanyardError `configuration` if the file can be neither read nor made
 */
export function sealingKey(config: { sealingKey?: string | undefined; sealingKeyFile: string }): Uint8Array {
  if (config.sealingKey !== undefined) return Buffer.from(config.sealingKey, 'base64url')
  const file = config.sealingKeyFile
  try {
    if (!existsSync(file)) {
      mkdirSync(dirname(file), { recursive: true })
      // `wx`: of two processes that start together, one makes the file and both read it.
      writeFileSync(file, `${randomBytes(32).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 })
      chmodSync(file, 0o600)
    }
  } catch (error) {
    if (!existsSync(file)) {
      throw new LanyardError(
        'configuration',
        `The sealing key ${file} cannot be made (${messageOf(error)}). Make the folder writable, or hand the key in with LANYARD_SEALING_KEY.`,
        { cause: error },
      )
    }
  }
  return readKey(file)
}

function readKey(file: string): Uint8Array {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new LanyardError('configuration', `The sealing key ${file} cannot be read: ${messageOf(error)}.`, {
      cause: error,
    })
  }
  if (!/^[A-Za-z0-9_-]{43}$/.test(text)) {
    throw new LanyardError(
      'configuration',
      `The sealing key ${file} must hold 32 random bytes in base64url (43 characters) and nothing else.`,
    )
  }
  return Buffer.from(text, 'base64url')
}

function wrongKey(cause?: unknown): LanyardError {
  return new LanyardError(
    'configuration',
    'The signing keys in the database cannot be opened with this sealing key. Start with the key they were sealed with.',
    { cause },
  )
}
