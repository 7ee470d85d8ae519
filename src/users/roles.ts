import type { Kysely, Selectable, UpdateObject } from 'kysely'
import type { Act, Edit } from '../lib/act.ts'
import { type Changed, changedMembers } from '../lib/changed.ts'
import { LanyardError, type Problem } from '../lib/errors.ts'
import { mistakeOf, problemsIn } from '../lib/mistakes.ts'
import type { Clock } from '../lib/time.ts'
import { builtInPolicy, type Policy, policyOf, roleName } from '../smart/policy.ts'
import type { Vocabulary } from '../smart/scope.ts'
import { bind, type Database } from '../store/database.ts'
import type { Tables } from '../store/tables.ts'
import { holding } from './overview.ts'
import { type RoleFile, roleFile } from './role-file.ts'

type Row = Selectable<Tables['role']>
export type RoleOrigin = Row['origin']

/** A role that somebody defined. */
export type Role = {
  name: string
  file: RoleFile
  status: Row['status']
  origin: RoleOrigin
  /** Counts the changes: whoever edits says which version they saw. */
  version: number
  created: number
  updated: number
}

/** What is written down with a change: the audit gets it in the same transaction. */
export type OnRoleChange = (
  kysely: Kysely<Tables>,
  change: {
    event: `role.${'add' | 'update' | 'disable' | 'enable' | 'remove'}`
    role: string
    origin: RoleOrigin
    version: number
    act: Act
    changed: Changed
  },
) => Promise<void>

export type RoleRegister = ReturnType<typeof createRoleRegister>

type Deps = {
  db: Database
  clock: Clock
  vocabulary: Vocabulary
  /** What of the rules could not be enforced on FHIR data (fhir/access/rule-problems.ts). */
  problemsOf: (file: RoleFile) => readonly Problem[]
  onChange: OnRoleChange
}

/**
 * The register of roles. A change counts at the next request on every node: the database counts it as one of what
 * tokens rest on.
 */
export function createRoleRegister({ db, clock, vocabulary, problemsOf, onChange }: Deps) {
  const byName = db.kysely.selectFrom('role').selectAll().where('name', '=', '').compile()

  /** The role, or nothing; disabled ones too. The server's own roles have no entry. */
  async function find(name: string): Promise<Role | undefined> {
    const row = await rowOf(name)
    return row === undefined ? undefined : fromRow(row)
  }

  async function rowOf(name: string): Promise<Row | undefined> {
    return roleName.test(name) ? (await db.read(bind(byName, name)))[0] : undefined
  }

  async function list(): Promise<Role[]> {
    return (await db.kysely.selectFrom('role').selectAll().orderBy('name').execute()).map(fromRow)
  }

  /** What roles allow together; one that is unknown, or disabled, allows nothing. */
  async function policyOfRoles(names: readonly string[]): Promise<Policy> {
    const policies = await Promise.all(
      names.map(async (name) => {
        const own = builtInPolicy(name)
        if (own !== undefined) return own
        const row = await rowOf(name)
        return row?.status === 'active' ? policyOf(fromRow(row).file, vocabulary) : []
      }),
    )
    return policies.flat()
  }

  /** Those of some names that no role has. */
  async function unknown(names: readonly string[]): Promise<string[]> {
    const found = await Promise.all(
      names.map(async (name) => builtInPolicy(name) !== undefined || (await rowOf(name)) !== undefined),
    )
    return names.filter((_, index) => !found[index])
  }

  /**
   * What would be stored.
   * @throws LanyardError `invalid-request` with every mistake, and the problems by member
   */
  function check(input: unknown): RoleFile {
    const parsed = roleFile.safeParse(input)
    const problems = parsed.success ? problemsOf(parsed.data) : problemsIn(parsed.error)
    if (parsed.success && problems.length === 0) return parsed.data
    const mistakes = problems.map(mistakeOf).join('; ')
    throw new LanyardError('invalid-request', `The role cannot be accepted: ${mistakes}.`, { problems })
  }

  /** @throws LanyardError `invalid-request` with every mistake, `conflict` if the name is taken */
  async function add(input: unknown, origin: RoleOrigin, act: Act = {}): Promise<Role> {
    const file = check(input)
    const now = clock()
    const row: Row = {
      name: file.role,
      file: JSON.stringify(file),
      status: 'active',
      origin,
      version: 1,
      created: now,
      updated: now,
    }
    return await db.kysely.transaction().execute(async (trx) => {
      const result = await trx
        .insertInto('role')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
      if (Number(result.numInsertedOrUpdatedRows) === 0) {
        throw new LanyardError(
          'conflict',
          `A role "${file.role}" exists already. Change it with \`role update\`, or choose another name.`,
        )
      }
      return await told(trx, 'role.add', undefined, row, act)
    })
  }

  /**
   * Replaces what a role allows.
   * @param how.origin who owns the role from now on, if that changes
   * @throws LanyardError `not-found`, `invalid-request`, `conflict` if it is of another version by now
   */
  async function update(
    name: string,
    input: unknown,
    { origin, ...edit }: Edit & { origin?: RoleOrigin } = {},
  ): Promise<Role> {
    const file = check(input)
    if (file.role !== name) {
      throw new LanyardError(
        'invalid-request',
        `role says "${file.role}", but the role is "${name}". A name cannot be changed.`,
      )
    }
    const values = { file: JSON.stringify(file), ...(origin === undefined ? {} : { origin }) }
    return await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, name)
      const after = await change(trx, before, edit, values)
      return await told(trx, 'role.update', before, after, edit)
    })
  }

  /**
   * Disables or enables a role; a disabled one allows nothing. Nothing happens if it is so already.
   * @param how.origin who owns the role from now on, if that changes
   * @throws LanyardError `not-found`, `conflict`
   */
  async function setStatus(
    name: string,
    status: Role['status'],
    { origin, ...edit }: Edit & { origin?: RoleOrigin | undefined } = {},
  ): Promise<Role> {
    return await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, name)
      if (before.status === status) return fromRow(before)
      const after = await change(trx, before, edit, { status, ...(origin === undefined ? {} : { origin }) })
      return await told(trx, status === 'active' ? 'role.enable' : 'role.disable', before, after, edit)
    })
  }

  /**
   * Removes a role that no user has.
   * @throws LanyardError `not-found`, `conflict` (reason `held` if somebody has it)
   */
  async function remove(name: string, edit: Edit = {}): Promise<void> {
    await db.kysely.transaction().execute(async (trx) => {
      const before = await known(trx, name, db.dialect === 'postgres')
      const { numDeletedRows } = await trx
        .deleteFrom('role')
        .where('name', '=', name)
        .where('version', '=', edit.version ?? before.version)
        .where(({ not, exists, selectFrom }) =>
          not(exists(selectFrom('account').select('user_id').where(holding(name)))),
        )
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw (await heldBy(trx, name)) ?? stale(name)
      await told(trx, 'role.remove', before, before, edit)
    })
  }

  /** One statement that changes the state that was seen, or nothing. */
  async function change(
    trx: Kysely<Tables>,
    { name, version }: Row,
    edit: Edit,
    values: UpdateObject<Tables, 'role'>,
  ): Promise<Row> {
    const row = await trx
      .updateTable('role')
      .set({ ...values, updated: clock(), version: version + 1 })
      .where('name', '=', name)
      .where('version', '=', edit.version ?? version)
      .where('version', '=', version)
      .returningAll()
      .executeTakeFirst()
    if (row === undefined) throw stale(name)
    return row
  }

  async function told(
    trx: Kysely<Tables>,
    event: Parameters<OnRoleChange>[1]['event'],
    before: Row | undefined,
    row: Row,
    { version: _seen, ...act }: Edit,
  ): Promise<Role> {
    const { name: role, origin, version } = row
    const now = event === 'role.remove' ? {} : toldOf(row)
    const changed = changedMembers(before === undefined ? {} : toldOf(before), now)
    await onChange(trx, { event, role, origin, version, act, changed })
    return fromRow(row)
  }

  return { find, list, policyOf: policyOfRoles, unknown, check, add, update, setStatus, remove }
}

/** @param alone whether to wait for whoever gives it to somebody (keep-roles.ts), to see that next */
async function known(kysely: Kysely<Tables>, name: string, alone = false): Promise<Row> {
  const query = kysely.selectFrom('role').selectAll().where('name', '=', name)
  const row = await (alone ? query.forUpdate() : query).executeTakeFirst()
  if (row !== undefined) return row
  throw builtInPolicy(name) !== undefined
    ? new LanyardError('conflict', `The role "${name}" is one of the server's own and cannot be changed.`)
    : new LanyardError('not-found', `There is no role "${name}". \`lanyard role list\` shows all.`)
}

/** Names shown of those who have a role. */
const SHOWN = 5

async function heldBy(kysely: Kysely<Tables>, name: string): Promise<LanyardError | undefined> {
  const holders = await kysely
    .selectFrom('account')
    .select('username')
    .where(holding(name))
    .orderBy('username')
    .limit(SHOWN + 1)
    .execute()
  const names = holders.slice(0, SHOWN).map(({ username }) => username)
  if (names.length === 0) return undefined
  const more = holders.length > SHOWN ? ' and others' : ''
  return new LanyardError(
    'conflict',
    `The role "${name}" is still held by ${names.join(', ')}${more}. Take it from them first, or disable the role.`,
    { reason: 'held' },
  )
}

function stale(name: string): LanyardError {
  return new LanyardError(
    'conflict',
    `The role "${name}" was changed by somebody else meanwhile. Look at it again before you change it.`,
    { reason: 'stale' },
  )
}

/** What the audit keeps of a role: all of it. */
function toldOf(row: Row): Record<string, unknown> {
  return { ...fromRow(row).file, status: row.status }
}

function fromRow(row: Row): Role {
  return {
    name: row.name,
    file: JSON.parse(row.file) as RoleFile,
    status: row.status,
    origin: row.origin,
    version: row.version,
    created: row.created,
    updated: row.updated,
  }
}
