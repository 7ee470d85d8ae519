import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { LanyardError } from '../lib/errors.ts'
import type { Terminal } from './terminal.ts'

/**
 * A new password, from a person who types it twice, unseen, or from standard input; never from an argument, which
 * other users of the machine can read.
 * @throws LanyardError `invalid-request`
 */
export async function newPassword(terminal: Terminal, { stdin }: { stdin?: boolean }): Promise<string> {
  if (stdin) return (await text(terminal.in)).replace(/\r?\n$/, '')
  if (!terminal.in.isTTY) {
    throw new LanyardError(
      'invalid-request',
      'There is no terminal to ask for the password at. Hand it in on standard input, with --stdin.',
    )
  }
  const password = await ask(terminal, 'New password: ')
  if ((await ask(terminal, 'The same again: ')) !== password) {
    throw new LanyardError('invalid-request', 'These are two different passwords.')
  }
  return password
}

async function ask({ in: input, err }: Terminal, question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const typed = createInterface({ input, output: nowhere, terminal: true })
  const left = new AbortController()
  typed.on('close', () => left.abort())
  err.write(question)
  try {
    return await typed.question('', { signal: left.signal })
  } catch (error) {
    throw new LanyardError('invalid-request', 'No password was given.', { cause: error })
  } finally {
    typed.close()
    err.write('\n')
  }
}
