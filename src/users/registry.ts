import type { Kysely, Selectable } from 'kysely'
import { LanyardError } from '../lib/errors.ts'
import { randomId } from '../lib/id.ts'
import { mistakesIn } from '../lib/mistakes.ts'
import type { Clock } from '../lib/time.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { type Passwords, passwordProblem } from './passwords.ts'
import type { User } from './user.ts'
import { type UserFile, userFile, usernameOf, usernamePattern } from './user-file.ts'

type Row = Selectable<Tables['account']>

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnUserChange = (
  kysely: Kysely<Tables>,
  change: {
    event: `user.${'add' | 'update' | 'password' | 'disable' | 'enable' | 'remove'}`
    userId: string
    username: string
    origin: User['origin']
  },
) => Promise<void>

export type UserRegistry = ReturnType<typeof createUserRegistry>

/** The register of the people who can sign in. */
export function createUserRegistry(db: Database, clock: Clock, passwords: Passwords, onChange: OnUserChange) {
  const byId = db.kysely.selectFrom('account').selectAll().where('user_id', '=', '').compile()
  const byName = db.kysely.selectFrom('account').selectAll().where('username', '=', '').compile()

  /** The user, or nothing; disabled ones too. Reads the database each time: a change counts at once. */
  async function find(id: string): Promise<User | undefined> {
    if (!/^[\w-]{1,64}$/.test(id)) return undefined
    const [row] = await db.read(bind(byId, id))
    return row === undefined ? undefined : fromRow(row)
  }

  /** The same by name, in any case. */
  async function findByName(username: string): Promise<User | undefined> {
    const row = await rowOf(username)
    return row === undefined ? undefined : fromRow(row)
  }

  async function rowOf(username: string): Promise<Row | undefined> {
    const name = usernameOf(username)
    return usernamePattern.test(name) ? (await db.read(bind(byName, name)))[0] : undefined
  }

  async function list(): Promise<User[]> {
    return (await db.kysely.selectFrom('account').selectAll().orderBy('username').execute()).map(fromRow)
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
      user: row === undefined ? undefined : fromRow(row),
      matches: matches && row?.user_id === before?.user_id && row?.password_hash === before?.password_hash,
    }
  }

  /**
   * What would be stored.
   * @throws LanyardError `invalid-request` with every mistake
   */
  function check(input: unknown): UserFile {
    const parsed = userFile.safeParse(input)
    if (parsed.success) return parsed.data
    throw new LanyardError(
      'invalid-request',
      `The user cannot be accepted: ${mistakesIn(parsed.error).join('; ')}.`,
    )
  }

  /**
   * Adds a user, with an id that nobody had before.
   * @throws LanyardError `invalid-request` with every mistake, `conflict` if the name is taken
   */
  async function add(input: unknown, origin: User['origin']): Promise<User> {
    const file = check(input)
    const now = clock()
    const row: Row = {
      user_id: randomId(),
      ...columnsOf(file),
      password_hash: (await hashOf(file)) ?? null,
      status: 'active',
      origin,
      created: now,
      updated: now,
    }
    return await db.kysely.transaction().execute(async (trx) => {
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
      return await told(trx, 'user.add', row)
    })
  }

  /**
   * Replaces what is known about a user; what is left out goes back to its default, but for the password. A new
   * password ends sessions and launches at once.
   * @param origin who owns the user from now on, if that changes
   * @throws LanyardError `not-found`, `invalid-request`
   */
  async function update(username: string, input: unknown, origin?: User['origin']): Promise<User> {
    const file = check(input)
    if (file.username !== usernameOf(username)) {
      throw new LanyardError(
        'invalid-request',
        `username says "${file.username}", but the user is "${username}". A name cannot be changed.`,
      )
    }
    const hash = await hashOf(file)
    return await db.kysely.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('account')
        .set({ ...columnsOf(file), updated: clock(), ...(origin === undefined ? {} : { origin }) })
        .where('username', '=', file.username)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) throw unknown(username)
      const user = await told(trx, 'user.update', row)
      return hash === undefined ? user : await replacePassword(trx, file.username, hash)
    })
  }

  /**
   * Gives a user a new password; sessions and launches end at once.
   * @throws LanyardError `not-found`, `invalid-request`, `too-many`
   */
  async function setPassword(username: string, password: string): Promise<User> {
    const problem = passwordProblem(password)
    if (problem !== undefined) throw new LanyardError('invalid-request', `The password ${problem}.`)
    const hash = await passwords.hash(password)
    return await db.kysely.transaction().execute((trx) => replacePassword(trx, usernameOf(username), hash))
  }

  async function replacePassword(trx: Kysely<Tables>, username: string, hash: string): Promise<User> {
    const row = await trx
      .updateTable('account')
      .set({ password_hash: hash, updated: clock() })
      .where('username', '=', username)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw unknown(username)
    await endAllOf(trx, row.user_id)
    return await told(trx, 'user.password', row)
  }

  /**
   * Disables or enables a user; disabling ends sessions and launches at once, and for good. Nothing happens if it is
   * so already.
   * @param origin who owns the user from now on, if that changes
   * @throws LanyardError `not-found`
   */
  async function setStatus(username: string, status: User['status'], origin?: User['origin']): Promise<User> {
    const name = usernameOf(username)
    return await db.kysely.transaction().execute(async (trx) => {
      const row = await trx
        .updateTable('account')
        .set({ status, updated: clock(), ...(origin === undefined ? {} : { origin }) })
        .where('username', '=', name)
        .where('status', '!=', status)
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) {
        const same = await trx
          .selectFrom('account')
          .selectAll()
          .where('username', '=', name)
          .executeTakeFirst()
        if (same === undefined) throw unknown(username)
        return fromRow(same)
      }
      if (status === 'disabled') await endAllOf(trx, row.user_id)
      return await told(trx, status === 'active' ? 'user.enable' : 'user.disable', row)
    })
  }

  /**
   * Removes a user with what was remembered of their consent; sessions and launches end at once.
   * @throws LanyardError `not-found`
   */
  async function remove(username: string): Promise<void> {
    await db.kysely.transaction().execute(async (trx) => {
      const row = await trx
        .deleteFrom('account')
        .where('username', '=', usernameOf(username))
        .returningAll()
        .executeTakeFirst()
      if (row === undefined) throw unknown(username)
      await endAllOf(trx, row.user_id)
      await trx.deleteFrom('consent').where('user_id', '=', row.user_id).execute()
      await told(trx, 'user.remove', row)
    })
  }

  /** REVO-06: launches with their tokens, sessions, and codes that were not redeemed yet. */
  async function endAllOf(trx: Kysely<Tables>, userId: string): Promise<void> {
    await trx
      .updateTable('launch_grant')
      .set({ revoked: clock() })
      .where('user_id', '=', userId)
      .where('revoked', 'is', null)
      .execute()
    await trx.deleteFrom('oidc').where('user_id', '=', userId).execute()
    await trx.deleteFrom('sign_in').where('user_id', '=', userId).execute()
  }

  async function hashOf({ password, password_hash }: UserFile): Promise<string | undefined> {
    return password === undefined ? password_hash : await passwords.hash(password)
  }

  async function told(
    trx: Kysely<Tables>,
    event: Parameters<OnUserChange>[1]['event'],
    row: Row,
  ): Promise<User> {
    await onChange(trx, { event, userId: row.user_id, username: row.username, origin: row.origin })
    return fromRow(row)
  }

  return { find, findByName, list, verify, check, add, update, setPassword, setStatus, remove }
}

function unknown(username: string): LanyardError {
  return new LanyardError('not-found', `There is no user "${username}". \`lanyard user list\` shows all.`)
}

function columnsOf({ username, display_name, roles, fhir_user, patients }: UserFile) {
  return {
    username,
    display_name,
    roles: JSON.stringify(roles),
    fhir_user: fhir_user ?? null,
    patients: JSON.stringify(patients),
  }
}

function fromRow(row: Row): User {
  return {
    id: row.user_id,
    username: row.username,
    displayName: row.display_name,
    roles: JSON.parse(row.roles) as string[],
    fhirUser: row.fhir_user ?? undefined,
    patients: JSON.parse(row.patients) as User['patients'],
    status: row.status,
    origin: row.origin,
    hasPassword: row.password_hash !== null,
    created: row.created,
    updated: row.updated,
  }
}
