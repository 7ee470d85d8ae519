import { SignJWT } from 'jose'
import { sql } from 'kysely'
import type { House } from '../../src/house.ts'
import { randomId } from '../../src/lib/id.ts'

/** The patients of whom most was observed: their pages are full. */
export async function richPatients({ db }: House): Promise<string[]> {
  const rows = await sql<{ id: string }>`
    select p.id from compartment c
    join resource p on p.rid = c.patient
    join resource o on o.rid = c.rid
    join fhir_type t on t.id = o.type and t.name = 'Observation'
    group by p.id order by count(*) desc, p.id limit 40`.execute(db.kysely)
  return rows.rows.map((row) => row.id)
}

/** Tokens as launches will issue them: a grant in its table, signed with the server's key. */
export async function bearers(house: House, url: string) {
  const client = await house.clients.add(
    {
      client_name: 'Bench',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://localhost/cb'],
      scope: 'patient/*.rs system/*.cruds',
    },
    'command',
  )
  await house.keys.ensure()
  const { kid, key } = (await house.keys.load()).signer('ES256')
  return async (scope: string, patient?: string): Promise<string> => {
    const now = Date.now()
    const gid = randomId()
    const grant = {
      grant_id: gid,
      client_id: client.client.id,
      user_id: null,
      scope,
      context: '{}',
      created: now,
      expires: now + 3_600_000,
      revoked: null,
    }
    await house.db.kysely.insertInto('launch_grant').values(grant).execute()
    return await new SignJWT({
      client_id: client.client.id,
      scope,
      gid,
      jti: randomId(),
      ...(patient === undefined ? {} : { patient }),
    })
      .setProtectedHeader({ typ: 'at+jwt', alg: 'ES256', kid })
      .setIssuer(url)
      .setAudience(`${url}/fhir`)
      .setSubject('bench')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(key)
  }
}
