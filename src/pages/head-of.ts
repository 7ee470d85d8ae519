import type { User } from '../users/user.ts'
import { roleOf } from './admin/door.ts'
import type { Page } from './render.ts'

/** What the head of a page shows of who is signed in: their name, the way out, and the console to those it is for. */
export function headOf(user: Pick<User, 'displayName' | 'roles'>): NonNullable<Page['user']> {
  return { name: user.displayName, signOut: '/account/sign-out', console: roleOf(user) !== undefined }
}
