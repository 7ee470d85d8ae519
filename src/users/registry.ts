import type { Kysely, UpdateObject } from 'kysely'
import type { Act } from '../lib/act.ts'
import { type Changed, changedMembers } from '../lib/changed.ts'
import { LanyardError } from '../lib/errors.ts'
import { randomId } from '../lib/id.ts'
import type { Clock } from '../lib/time.ts'
import type { Policy } from '../smart/policy.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { checkUser, checkWithRoles, type KnownRoles } from './check-user.ts'
import { keepRoles } from './keep-roles.ts'
import { changing, type UserEdit } from './last-admin.ts'
import { stale, unknown } from './not-so.ts'
import { type Passwords, passwordProblem } from './passwords.ts'
import { accountOf, columnsOf, type Row, toldOf } from './rows.ts'
import type { Account, User } from './user.ts'
import { type UserFile, usernameOf, usernamePattern } from './user-file.ts'

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnUserChange = (
  kysely: Kysely<Tables>,
  change: {
    event: `user.${'add' | 'update' | 'password' | 'disable' | 'enable' | 'remove'}`
    userId: string
    username: string
    origin: Account['origin']
    version: number
    act: Act
    changed: Changed
  },
) => Promise<void>

export type UserRegistry = ReturnType<typeof createUserRegistry>

/** What must come true with a change, in its transaction. */
type Claim = { claim?: ((trx: Kysely<Tables>) => Promise<void>) | undefined }
/** What the register asks of that of roles. */
type Roles = KnownRoles & { policyOf(names: readonly string[]): Promise<Policy> }

/** The register of the people who can sign in. */
export function createUserRegistry(
  db: Database,
  clock: Clock,
  passwords: Passwords,
  roles: Roles,
  onChange: OnUserChange,
) {
  const byId = db.kysely.selectFrom('account').selectAll().where('user_id', '=', '').compile()
  const byName = db.kysely.selectFrom('account').selectAll().where('username', '=', '').compile()

  /** The user, or nothing; disabled ones too. Reads the database each time: a change counts at once. */
  async function find(id: string): Promise<User | undefined> {
    if (!/^[\w-]{1,64}$/.test(id)) return undefined
    const [row] = await db.read(bind(byId, id))
    return row === undefined ? undefined : await userOf(row)
  }

  async function userOf(row: Row): Promise<User> {
    const account = accountOf(row)
    return { ...account, policy: await roles.policyOf(account.roles) }
  }

  /** The same by name, in any case. */
  async function findByName(username: string): Promise<User | undefined> {
    const row = await rowOf(username)
    return row === undefined ? undefined : await userOf(row)
  }

  async function rowOf(username: string): Promise<Row | undefined> {
    const name = usernameOf(username)
    return usernamePattern.test(name) ? (await db.read(bind(byName, name)))[0] : undefined
  }

  async function list(): Promise<Account[]> {
    return (await db.kysely.selectFrom('account').selectAll().orderBy('username').execute()).map(accountOf)
  }

  /**
   * Compares a password with a user's; takes the same time when there is no such user, or none with a password.
   * @param network where it comes from (networkOf), which may take only its share of the queue
   * @returns the user of that name, disabled ones too, and whether it is their password
   * @throws LanyardError `too-many`
   */
  async function verify(
    username: string,
    password: string,
    network?: string,
  ): Promise<{ user: User | undefined; matches: boolean }> {
    const before = await rowOf(username)
    const matches = await passwords.verify(password, before?.password_hash ?? undefined, network)
    // It may have waited for its turn: what was changed meanwhile counts.
    const row = await rowOf(username)
    return {
      user: row === undefined ? undefined : await userOf(row),
      matches: matches && row?.user_id === before?.user_id && row?.password_hash === before?.password_hash,
    }
  }

  /**
   * Adds a user, with an id that nobody had before.
   * @throws LanyardError `invalid-request` with every mistake, `conflict` if the name is taken
   */
  async function add(input: unknown, origin: Account['origin'], how: Act & Claim = {}): Promise<Account> {
    const { claim, ...act } = how
    const file = await checkWithRoles(input, roles)
    const now = clock()
    const row: Row = {
      version: 1,
      user_id: randomId(),
      ...columnsOf(file),
      password_hash: (await hashOf(file)) ?? null,
      status: 'active',
      origin,
      created: now,
      updated: now,
    }
    return await db.kysely.transaction().execute(async (trx) => {
      await keepRoles(trx, db, file.roles)
      await claim?.(trx)
      const result = await trx
        .insertInto('account')
        .values(row)
        .onConflict((conflict) => conflict.column('username').doNothing())
        .executeTakeFirst()
      if (Number(result.numInsertedOrUpdatedRows) === 0) {
        throw new LanyardError(
          'conflict',
          `A user with the name "${row.username}" exists already. Change it with \`user update\`, or choose another name.`,
        )
      }
      return await told(trx, 'user.add', undefined, row, act)
    })
  }

  /**
   * Replaces what is known about a user; what is left out goes back to its default, but for the password. A new
   * password ends sessions and launches at once.
   * @param how.origin who owns the user from now on, if that changes
   * @throws LanyardError `not-found`, `invalid-request`, `conflict` if it is of another version by now
   */
  async function update(
    username: string,
    input: unknown,
    { origin, ...edit }: UserEdit & { origin?: Account['origin'] } = {},
  ): Promise<Account> {
    const file = await checkWithRoles(input, roles)
    if (file.username !== usernameOf(username)) {
      throw new LanyardError(
        'invalid-request',
        `username says "${file.username}", but the user is "${username}". A name cannot be changed.`,
      )
    }
    const hash = await hashOf(file)
    return await changing(db, edit, async (trx) => {
      const before = await known(trx, username)
      await keepRoles(trx, db, file.roles)
      const after = await change(trx, before, edit, {
        ...columnsOf(file),
        ...(origin === undefined ? {} : { origin }),
      })
      const user = await told(trx, 'user.update', before, after, edit)
      return hash === undefined ? user : await replacePassword(trx, file.username, hash, edit)
    })
  }

  /**
   * Gives a user a new password; sessions and launches end at once.
   * @throws LanyardError `not-found`, `invalid-request`, `too-many`, `conflict` if they are of another version by now
   */
  async function setPassword(
    username: string,
    password: string,
    { version, claim, ...act }: UserEdit & Claim = {},
  ): Promise<Account> {
    const problem = passwordProblem(password)
    if (problem !== undefined) throw new LanyardError('invalid-request', `The password ${problem}.`)
    const hash = await passwords.hash(password)
    return await db.kysely
      .transaction()
      .execute((trx) => replacePassword(trx, username, hash, act, { version, claim }))
  }

  async function replacePassword(
    trx: Kysely<Tables>,
    username: string,
    hash: string,
    { version: _before, ...act }: UserEdit,
    { version, claim }: { version?: number | undefined } & Claim = {},
  ): Promise<Account> {
    const before = await known(trx, username)
    await claim?.(trx)
    const after = await change(trx, before, { ...act, version }, { password_hash: hash })
    await endAllOf(trx, after.user_id)
    return await told(trx, 'user.password', before, after, act)
  }

  /**
   * Disables or enables a user; disabling ends sessions and launches at once, and for good. Nothing happens if it is
   * so already.
   * @param how.origin who owns the user from now on, if that changes
   * @throws LanyardError `not-found`, `conflict`
   */
  async function setStatus(
    username: string,
    status: Account['status'],
    { origin, ...edit }: UserEdit & { origin?: Account['origin'] | undefined } = {},
  ): Promise<Account> {
    return await changing(db, edit, async (trx) => {
      const before = await known(trx, username)
      if (before.status === status) return accountOf(before)
      const after = await change(trx, before, edit, { status, ...(origin === undefined ? {} : { origin }) })
      if (status === 'disabled') await endAllOf(trx, after.user_id)
      return await told(trx, status === 'active' ? 'user.enable' : 'user.disable', before, after, edit)
    })
  }

  /**
   * Removes a user with what was remembered of their consent; sessions and launches end at once.
   * @throws LanyardError `not-found`, `conflict`
   */
  async function remove(username: string, edit: UserEdit = {}): Promise<void> {
    await changing(db, edit, async (trx) => {
      const before = await known(trx, username)
      const { numDeletedRows } = await trx
        .deleteFrom('account')
        .where('user_id', '=', before.user_id)
        .where('version', '=', edit.version ?? before.version)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw stale(username)
      await endAllOf(trx, before.user_id)
      await trx.deleteFrom('consent').where('user_id', '=', before.user_id).execute()
      await trx.deleteFrom('signed_in').where('user_id', '=', before.user_id).execute()
      await told(trx, 'user.remove', before, before, edit)
    })
  }

  /** As it is; nobody else changes it before this transaction ends. */
  async function known(trx: Kysely<Tables>, username: string): Promise<Row> {
    const query = trx.selectFrom('account').selectAll().where('username', '=', usernameOf(username))
    const row = await (db.dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst()
    if (row === undefined) throw unknown(username)
    return row
  }

  /** One statement that changes the state that was seen, or nothing. */
  async function change(
    trx: Kysely<Tables>,
    { user_id, username, version }: Row,
    edit: UserEdit,
    values: UpdateObject<Tables, 'account'>,
  ): Promise<Row> {
    const row = await trx
      .updateTable('account')
      .set({ ...values, updated: clock(), version: version + 1 })
      .where('user_id', '=', user_id)
      .where('version', '=', edit.version ?? version)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw stale(username)
    return row
  }

  /** REVO-06: launches with their tokens, sessions, codes that were not redeemed yet, and the link for a password. */
  async function endAllOf(trx: Kysely<Tables>, userId: string): Promise<void> {
    await trx
      .updateTable('launch_grant')
      .set({ revoked: clock() })
      .where('user_id', '=', userId)
      .where('revoked', 'is', null)
      .execute()
    await trx.deleteFrom('oidc').where('user_id', '=', userId).execute()
    await trx.deleteFrom('sign_in').where('user_id', '=', userId).execute()
    await trx.deleteFrom('password_link').where('user_id', '=', userId).execute()
  }

  async function hashOf({ password, password_hash }: UserFile): Promise<string | undefined> {
    return password === undefined ? password_hash : await passwords.hash(password)
  }

  async function told(
    trx: Kysely<Tables>,
    event: Parameters<OnUserChange>[1]['event'],
    before: Row | undefined,
    row: Row,
    { version: _seen, keepsAnAdmin: _kept, ...act }: UserEdit,
  ): Promise<Account> {
    const { user_id: userId, username, origin, version } = row
    const now = event === 'user.remove' ? {} : toldOf(row)
    const changed = changedMembers(before === undefined ? {} : toldOf(before), now)
    await onChange(trx, { event, userId, username, origin, version, act, changed })
    return accountOf(row)
  }

  return { find, findByName, list, verify, check: checkUser, add, update, setPassword, setStatus, remove }
}
