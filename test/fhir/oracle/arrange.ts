import { removeIndexRows } from '../../../src/fhir/store/unindex.ts'
import { fhirStoreOf } from '../../../src/house.ts'
import { randomId } from '../../../src/lib/id.ts'
import { launcher } from '../../support/launched-token.ts'
import type { TestServer } from '../../support/server.ts'
import type { Ask } from './compare.ts'
import { type Grant, scopeText } from './sight.ts'
import type { World } from './world.ts'

/** Brings a world into a server, with its past. */
export async function populate(server: TestServer, world: World): Promise<void> {
  const { write } = await fhirStoreOf(server.house)
  const older = [...world.versions.values()].flatMap(([first]) => first ?? [])
  await write(older)
  await write([...world.deleted.values()])
  for (let from = 0; from < world.current.length; from += 500)
    await write(world.current.slice(from, from + 500))
  for (const key of world.deleted.keys()) await remove(server, key)
}

/** There is no delete yet; this is how it will leave the tables. */
export async function remove({ house }: TestServer, key: string): Promise<void> {
  const [type = '', id = ''] = key.split('/')
  await house.db.kysely.transaction().execute(async (trx) => {
    const { rid } = await trx
      .selectFrom('resource')
      .innerJoin('fhir_type', 'fhir_type.id', 'resource.type')
      .select('rid')
      .where('name', '=', type)
      .where('resource.id', '=', id)
      .executeTakeFirstOrThrow()
    const now = trx.selectFrom('resource').where('rid', '=', rid)
    await trx
      .insertInto('history')
      .expression(now.select((eb) => ['rid', 'version', 'updated', eb.val('POST').as('method'), 'body']))
      .columns(['rid', 'version', 'updated', 'method', 'body'])
      .execute()
    await removeIndexRows(trx, rid)
    await trx
      .updateTable('resource')
      .set({ state: 2, version: 2, body: null })
      .where('rid', '=', rid)
      .execute()
  })
}

/** The user with a role of these rules; every other criterion stands in an attribute of the user. */
async function holderOf(
  { house }: TestServer,
  user: Grant['user'],
): Promise<
  (NonNullable<Grant['user']> & { roles?: string[]; attributes?: Record<string, string[]> }) | undefined
> {
  if (user?.rules === undefined) return user
  const attributes: Record<string, string[]> = {}
  const rules = user.rules.map(({ type, letters, where }, index) => ({
    types: [type],
    letters,
    where: where.map(([name, value]) => {
      if (index % 2 === 0) return `${name}=${value}`
      attributes[`v${index}`] = value.split(',')
      return `${name}=%user.v${index}`
    }),
  }))
  const role = `r-${randomId(64).toLowerCase().replaceAll('_', '-')}`
  await house.roles.add({ role, title: 'A role', rules }, 'command')
  return { ...user, roles: [role], attributes }
}

/** Asks over HTTP; each grant gets one token. */
export async function asker(server: TestServer): Promise<Ask> {
  const { token } = await launcher(server)
  const tokens = new Map<string, Promise<string>>()
  return async (grant, address, form) => {
    const { patient, user } = grant
    const asked = { scope: scopeText(grant), patient, user }
    const name = JSON.stringify(asked)
    const bearer = tokens.get(name) ?? holderOf(server, user).then((held) => token({ ...asked, user: held }))
    tokens.set(name, bearer)
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${await bearer}` },
      ...(form === undefined ? {} : { method: 'POST', body: form }),
    })
    return { status: response.status, text: await response.text() }
  }
}
