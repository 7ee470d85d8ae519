import { afterAll, beforeAll, expect, test } from 'vitest'
import { normalize } from '../../../src/fhir/extract/normalize.ts'
import type { UserReach } from '../../../src/smart/permit.ts'
import { launcher } from '../../support/launched-token.ts'
import { reaching } from '../../support/roles.ts'
import { answerOf } from '../enforcement/ward.ts'
import { linkOf } from '../http/fhir-server.ts'
import { clinician, type Household, openHousehold } from './household.ts'

// So many patients that a search which most of them match takes another way: along the index it is sorted by.
const MANY = 2100

type Name = { use?: string; family?: string | undefined; given?: string[] }

const families = ['Ödön', 'ode', 'Oz', 'zebra', 'Ábel', 'Berg', 'Öz', 'Lind']
const patients = Array.from({ length: MANY }, (_, index) => {
  const family = families[(index * 5) % families.length]
  const given = [`Mo${'abcdefghij'[(index * 37) % 10]}`, 'Kim']
  const name: Name[] = [
    // Some have no family name, some a second one, or one that is written in two ways.
    ...(index % 50 === 7 ? [{ given }] : [{ family, given }]),
    ...(index % 9 === 0 ? [{ use: 'maiden', family: families[index % 5] }] : []),
    ...(index % 11 === 0 ? [{ use: 'old', family: family?.toUpperCase() }] : []),
  ]
  // The first and the last ones are not active, wherever a walk begins.
  const active = index >= 25 && index < MANY - 25
  return {
    resourceType: 'Patient',
    id: `m${String(index).padStart(4, '0')}`,
    active,
    name,
    birthDate: '1990-05-21',
  }
})

const least = (texts: (string | undefined)[]): string =>
  texts.flatMap((text) => (text === undefined ? [] : [normalize(text)])).sort()[0] ?? '\u{10FFFF}'
const family = ({ name }: { name: Name[] }): string => least(name.map((one) => one.family))
const given = ({ name }: { name: Name[] }): string => least(name.flatMap((one) => one.given ?? []))
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
const sorted = [...patients]
  .sort((a, b) => compare(family(a), family(b)) || compare(given(a), given(b)) || compare(a.id, b.id))
  .map(({ id }) => id)

let house: Household
let get: (path: string, user?: UserReach) => Promise<Awaited<ReturnType<typeof answerOf>>>
beforeAll(async () => {
  house = await openHousehold()
  for (let at = 0; at < MANY; at += 500) await house.write(...patients.slice(at, at + 500))
  const app = await launcher(house)
  const tokens = new Map<UserReach, string>()
  get = async (path, user = clinician) => {
    const token = tokens.get(user) ?? (await app.token({ scope: 'user/Patient.rs', user }))
    tokens.set(user, token)
    const address = path.startsWith('http') ? path : `${house.fhir}/${path}`
    return await answerOf(await fetch(address, { headers: { authorization: `Bearer ${token}` } }))
  }
})
afterAll(async () => await house?.close())

const idsOf = ({ body }: { body: { entry?: { resource: { id: string } }[] } }): string[] =>
  (body.entry ?? []).map(({ resource }) => resource.id)

/** Follows a link to its end. @returns the ids of each page, and the address of the last */
async function walk(path: string, relation: string, user?: UserReach): Promise<[string[][], string]> {
  const pages: string[][] = []
  let last = path
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer = await get(next, user)
    pages.push(idsOf(answer))
    last = next
    next = linkOf(answer.body, relation)
  }
  return [pages, last]
}

test('SRCH-13 SRCH-02 a search that finds very many is sorted by name, page by page, there and back', async () => {
  const [pages, last] = await walk('Patient?name=mo&_sort=family,given,_id&_count=250', 'next')
  expect(pages.flat()).toEqual(sorted)
  const [back] = await walk(last, 'previous')
  expect(back.reverse().flat()).toEqual(sorted)
})

test('SRCH-13 the other way round, what has no family name comes last too', async () => {
  const [pages, last] = await walk('Patient?name=mo&_sort=-family&_count=300', 'next')
  const ids = pages.flat()
  expect([...ids].sort()).toEqual(patients.map(({ id }) => id))
  const greatest = new Map(
    patients.map(({ id, name }) => [
      id,
      name
        .flatMap((one) => (one.family === undefined ? [] : [normalize(one.family)]))
        .sort()
        .at(-1) ?? '',
    ]),
  )
  const keys = ids.map((id) => greatest.get(id) ?? '')
  expect(keys).toEqual([...keys].sort().reverse())
  const [back] = await walk(last, 'previous')
  expect(back.reverse().flat()).toEqual(ids)
})

test('SRCH-13 ENF-07 who sees few of the many gets these in the same order', async () => {
  const patients = sorted.filter((_, index) => index % 100 === 3)
  const few = reaching({ fhirUser: undefined, patients })
  for (const query of ['name=mo&', '']) {
    const [pages] = await walk(`Patient?${query}_sort=family,given,_id&_count=10`, 'next', few)
    expect(pages.flat()).toEqual(few.patients)
  }
})

test('STAND-01 a picker shows the first of very many, and that there are more', async () => {
  const { cards, more } = await house.lookup.patients(clinician, { q: 'mo' })
  expect([cards.map(({ id }) => id), more]).toEqual([sorted.slice(0, 20), true])
  const most = await house.lookup.patients(clinician, { q: '21.05.1990 moc', most: 500 })
  expect([most.cards.length, most.more]).toEqual([100, true])
  const one = await house.lookup.patients(clinician, { q: '1990-05-21 van' })
  expect(one.cards.map(({ id }) => id)).toEqual(['jan'])
})

test('SRCH-07 a day of birth finds whoever was born on it, also as one of several days', async () => {
  const total = async (query: string) => (await get(`Patient?${query}&_summary=count`)).body.total
  expect(await total('birthdate=1990-05-21')).toBe(MANY + 1)
  expect(await total('birthdate=1990-05-21,2014-03-14')).toBe(MANY + 2)
  expect(await total('birthdate=2014-03-14,1941-06-08')).toBe(2)
  expect(await total('birthdate=1990-05-22')).toBe(0)
  expect(await total('birthdate=1990-05,2014-03-14')).toBe(MANY + 2)
  expect(await total('name=sofia,ove,zzz')).toBe(2)
  expect(await total('family:exact=Lindström,Berg')).toBeGreaterThan(100)
})

test.each(['birthdate', '-birthdate'])(
  'ENF-07 a walk along the dates (%s) shows only what was asked for',
  async (sort) => {
    const found = idsOf(await get(`Patient?active=true&_sort=${sort}&_count=100`))
    expect(found).toHaveLength(100)
    const inactive = new Set(patients.filter(({ active }) => !active).map(({ id }) => id))
    expect(found.filter((id) => inactive.has(id))).toEqual([])
  },
)
