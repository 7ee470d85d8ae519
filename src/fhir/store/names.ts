import { sql } from 'kysely'
import { type BulkTable, bind, type Database } from '../../store/database.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { SearchParameter } from '../definitions/types.ts'
import { binaryLinkCodes } from '../extract/binary-links.ts'
import { fitted } from './fitted.ts'

/** The dictionaries that turn names into the integers of the index tables, and back. */
export type Names = {
  typeId(name: string): number
  typeName(id: number): string
  /** The ids under which a parameter's values are stored; an alias has those of what it stands for. */
  paramIds(type: string, parameter: SearchParameter): number[]
  /** The id of one stored parameter, e.g. `identifier:of-type`; undefined for one that is never stored. */
  paramId(type: string, code: string): number | undefined
  /** Whether a stored parameter holds tokens, so that its texts are words of codes. */
  isToken(paramId: number): boolean
  /** The id of a system, or undefined if no resource has ever named it. Zero: no system. */
  systemId(uri: string): Promise<number | undefined>
  /** The ids of systems; those that are new get one. Not to be called in a transaction. */
  systemIds(uris: Iterable<string>): Promise<ReadonlyMap<string, number>>
}

const types: BulkTable = { table: 'fhir_type', columns: { name: 'text' } }
const params: BulkTable = { table: 'fhir_param', columns: { type: 'int', code: 'text' } }
const systems: BulkTable = { table: 'fhir_system', columns: { uri: 'text' } }

/**
 * Loads the dictionaries; types and parameters that the definitions know and the database does not are added.
 * Ids are kept in the database, so that another version of the definitions does not move them.
 */
export async function loadNames(db: Database, definitions: Definitions): Promise<Names> {
  const typeIds = await loadTypes(db, definitions)
  const typeNames = new Map([...typeIds].map(([name, id]) => [id, name]))
  const paramIds = await loadParams(db, definitions, typeIds)
  const typeId = (name: string): number => {
    const id = typeIds.get(name)
    if (id === undefined) throw new Error(`no such resource type: ${name}`)
    return id
  }
  const tokens = new Set(
    definitions.resourceTypes.flatMap((type) =>
      definitions
        .searchParameters(type)
        .flatMap((parameter) =>
          parameter.type === 'token' ? (paramIds.get(`${type}.${parameter.code}`) ?? []) : [],
        ),
    ),
  )
  return {
    typeId,
    isToken: (id) => tokens.has(id),
    typeName: (id) => typeNames.get(id) ?? '',
    paramId: (type, code) => paramIds.get(`${type}.${code}`),
    paramIds: (type, parameter) =>
      (parameter.of ?? [parameter.code]).flatMap((code) => paramIds.get(`${type}.${code}`) ?? []),
    ...systemDictionary(db),
  }
}

async function loadTypes(db: Database, definitions: Definitions): Promise<Map<string, number>> {
  const load = async () => {
    const rows = await db.kysely.selectFrom('fhir_type').selectAll().execute()
    return new Map(rows.map(({ name, id }) => [name, id]))
  }
  const known = await load()
  const missing = definitions.resourceTypes.filter((name) => !known.has(name))
  if (missing.length === 0) return known
  await db.kysely.transaction().execute((trx) =>
    db.insertMany(
      trx,
      types,
      missing.map((name) => [name]),
    ),
  )
  return await load()
}

async function loadParams(
  db: Database,
  definitions: Definitions,
  typeIds: ReadonlyMap<string, number>,
): Promise<Map<string, number>> {
  const names = new Map([...typeIds].map(([name, id]) => [id, name]))
  const load = async () => {
    const rows = await db.kysely.selectFrom('fhir_param').selectAll().execute()
    return new Map(rows.map(({ type, code, id }) => [`${names.get(type)}.${code}`, id]))
  }
  const known = await load()
  const wanted = definitions.resourceTypes.flatMap((type) =>
    [...storedCodes(definitions.searchParameters(type)), ...binaryLinkCodes(type)].map((code) => ({
      type,
      code,
    })),
  )
  const missing = wanted.filter(({ type, code }) => !known.has(`${type}.${code}`))
  if (missing.length === 0) return known
  const rows = missing.map(({ type, code }) => [typeIds.get(type), code])
  await db.kysely.transaction().execute((trx) => db.insertMany(trx, params, rows))
  return await load()
}

/** The codes that the extractor gives values: no aliases, and not what is a column of its own. */
function storedCodes(parameters: readonly SearchParameter[]): string[] {
  return parameters.flatMap(({ code, of, paths }) => {
    if (of !== undefined || code === '_id' || code === '_lastUpdated') return []
    return paths.some((path) => path.datatype === 'Identifier') ? [code, `${code}:of-type`] : [code]
  })
}

function systemDictionary(db: Database): Pick<Names, 'systemId' | 'systemIds'> {
  const known = new Map<string, number>()
  const one = sql<{ id: number }>`select id from fhir_system where uri = ${''}`.compile(db.kysely)
  async function systemId(uri: string): Promise<number | undefined> {
    if (uri === '') return 0
    const key = fitted(uri)
    const found = known.get(key) ?? (await db.read(bind<{ id: number }>(one, key)))[0]?.id
    if (found !== undefined) known.set(key, found)
    return found
  }
  return {
    systemId,
    async systemIds(uris) {
      const ids = new Map<string, number>([['', 0]])
      const missing = new Set<string>()
      for (const uri of uris) {
        const id = await systemId(uri)
        if (id === undefined) missing.add(uri)
        else ids.set(uri, id)
      }
      if (missing.size > 0) {
        // On its own: a dictionary entry without a use does no harm, one that was rolled back would.
        await db.kysely.transaction().execute((trx) =>
          db.insertMany(
            trx,
            systems,
            [...missing].map((uri) => [fitted(uri)]),
          ),
        )
        for (const uri of missing) ids.set(uri, (await systemId(uri)) ?? 0)
      }
      return ids
    },
  }
}
