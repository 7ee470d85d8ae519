import { scryptSync } from 'node:crypto'
import type { House } from '../../src/house.ts'
import { randomId } from '../../src/lib/id.ts'
import { createPasswords, type Derive, type Passwords } from '../../src/users/passwords.ts'
import type { User } from '../../src/users/user.ts'

/** The password of every user of a test. */
export const password = 'correct horse battery'

/**
 * Adds a user whose password is `password`: a patient without records, unless the file says otherwise. The stored
 * hash costs next to nothing to compare with, which is all that sets it apart.
 */
export async function addUser(
  { users, db }: Pick<House, 'users' | 'db'>,
  file: Record<string, unknown> = {},
): Promise<User> {
  const { username } = await users.add(
    { username: `user-${randomId(48).toLowerCase()}`, display_name: 'A user', roles: ['patient'], ...file },
    'command',
  )
  await db.kysely
    .updateTable('account')
    .set({ password_hash: cheapHash })
    .where('username', '=', username)
    .execute()
  const user = await users.findByName(username)
  if (user === undefined) throw new Error('the user was not added')
  return user
}

const salt = Buffer.from('salt of the tests')
const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '')
const cheapHash = `$scrypt$ln=1,r=8,p=1$${text(salt)}$${text(scryptSync(password, salt, 32, { N: 2, r: 8, p: 1 }))}`

/** Passwords with a hash that costs next to nothing, and how often it was computed. */
export function cheapPasswords(): { passwords: Passwords; computed: () => number } {
  let count = 0
  const derive: Derive = async (given, itsSalt, { r }) => {
    count++
    return scryptSync(given, itsSalt, 32, { N: 2, r, p: 1 })
  }
  return { passwords: createPasswords(derive), computed: () => count }
}
