import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tampered } from '../../support/tampered.ts'
import { type FhirServer, linkOf, matchesOf, refusal } from '../http/fhir-server.ts'
import { alphabetServer, letters, observations, total } from './alphabet.ts'

let server: FhirServer
beforeAll(async () => {
  server = await alphabetServer()
})
afterAll(() => server.close())

/** Follows a link to its end, and returns the pages. */
async function pages(first: string, relation = 'next'): Promise<{ ids: string[]; url: string }[]> {
  const walked: { ids: string[]; url: string }[] = []
  let url: string | undefined = first
  while (url !== undefined) {
    const { status, text, body } = await server.get(url)
    if (status !== 200) throw new Error(text)
    walked.push({ ids: matchesOf(body), url })
    if (walked.length > 50) throw new Error('pages without end')
    url = linkOf(body, relation)
  }
  return walked
}

describe('SRCH-02 pages', () => {
  const orders = [
    '',
    '_sort=_id',
    '_sort=-_id',
    '_sort=date',
    '_sort=-date',
    '_sort=status,-date',
    '_sort=-_lastUpdated',
    '_sort=_lastUpdated',
    '_sort=value-quantity',
    '_sort=-value-quantity',
    '_sort=-code',
    '_sort=performer',
    '_sort=-patient',
    'category=one,two,three',
    'category=one&_sort=-date',
    'code=every,code-1&_sort=-status',
    'combo-code=part,every&_sort=date',
    'status:not=entered-in-error&_sort=-code,date',
    '_id=a,b,c,d,e,f,g,h&_sort=-date',
    'subject:missing=false&_sort=-subject',
  ]

  test.for(orders)('SRCH-02 every match once, forwards and backwards: %s', async (order) => {
    const whole = await server.found(`Observation?${order}&_count=1000`)
    expect(new Set(whole).size).toBe(whole.length)
    // Pages that end in the middle of ties, and among the resources without a value.
    const forwards = await pages(`Observation?${order}&_count=4`)
    expect(forwards.flatMap(({ ids }) => ids)).toEqual(whole)
    expect(forwards.slice(0, -1).every(({ ids }) => ids.length === 4)).toBe(true)
    const backwards = await pages(forwards.at(-1)?.url ?? '', 'previous')
    expect(backwards.reverse().flatMap(({ ids }) => ids)).toEqual(whole)
  })

  test('SRCH-02 a page knows its neighbours, and first is the beginning', async () => {
    const [, second] = await pages('Observation?_sort=_id&_count=8')
    const { body } = await server.get(second?.url ?? '')
    expect(body.link.map((link: { relation: string }) => link.relation)).toEqual([
      'self',
      'first',
      'previous',
      'next',
    ])
    expect(linkOf(body, 'self')).toBe(second?.url)
    expect(await server.found(linkOf(body, 'first') ?? '')).toEqual(letters.slice(0, 8))
    const back = await server.get(linkOf(body, 'previous') ?? '')
    expect(matchesOf(back.body)).toEqual(letters.slice(0, 8))
    expect(linkOf(back.body, 'previous')).toBeUndefined()
    expect(await server.found(linkOf(back.body, 'next') ?? '')).toEqual(matchesOf(body))
    expect(body.total).toBe(total)
  })

  test('SRCH-02 what is written in between moves nothing that was there', async () => {
    const { body } = await server.get('Encounter?_sort=_id&_count=2')
    expect(body.total).toBe(0)
    const encounter = (id: string) => ({
      resourceType: 'Encounter',
      id,
      status: 'planned',
      class: { code: 'A' },
    })
    await server.store(['b', 'd', 'f', 'h'].map(encounter))
    const first = await server.get('Encounter?_sort=_id&_count=2')
    expect(matchesOf(first.body)).toEqual(['b', 'd'])
    await server.store(['a', 'c', 'g'].map(encounter))
    expect(await server.found(linkOf(first.body, 'next') ?? '')).toEqual(['f', 'g'])
  })

  test('ENF-18 a page link opens nothing for another token, path or hand', async () => {
    const { body } = await server.get('Observation?_count=5')
    const next = linkOf(body, 'next') ?? ''
    const narrow = await server.tokenFor('system/Observation.rs')
    const other = await server.get(next, { authorization: `Bearer ${narrow}` })
    expect(refusal(other)).toEqual([403, 'forbidden'])
    expect((await fetch(next)).status).toBe(401)
    expect(refusal(await server.get(next.replace('/Observation?', '/Patient?')))).toEqual([400, 'invalid'])
    expect(refusal(await server.get(tampered(next)))).toEqual([400, 'invalid'])
    expect(refusal(await server.get('Observation?_page=1'))).toEqual([400, 'invalid'])
    expect(next).not.toContain('code')
    // The same right in a younger token goes on.
    const again = await server.tokenFor('system/*.rs')
    expect((await server.get(next, { authorization: `Bearer ${again}` })).status).toBe(200)
  })
})

describe('SRCH-13 how many', () => {
  test('SRCH-13 _count is an upper bound, and the server has its own', async () => {
    expect(await server.found('Observation?_count=5')).toHaveLength(5)
    const { body } = await server.get('Observation?_count=999999')
    expect(matchesOf(body)).toHaveLength(total)
    expect(linkOf(body, 'self')).toBe(`${server.fhir}/Observation?_count=1000`)
    for (const wrong of ['-1', 'five', '1.5', '1e3', '99999999999']) {
      expect([wrong, refusal(await server.get(`Observation?_count=${wrong}`))]).toEqual([
        wrong,
        [400, 'value'],
      ])
    }
  })

  test('SRCH-13 _count=0 and _summary=count are the number alone', async () => {
    for (const query of ['_count=0', '_summary=count', '_summary=count&_count=5', '_count=0&_total=none']) {
      const { body } = await server.get(`Observation?${query}&status=final&_include=Observation:subject`)
      expect(Object.keys(body)).toEqual(['resourceType', 'type', 'total', 'link'])
      expect(body.total).toBe(observations.filter(({ status }) => status === 'final').length + 1)
      expect(body.link).toHaveLength(1)
    }
  })

  test('SRCH-13 _total as it is asked for', async () => {
    for (const [query, expected] of [
      ['_total=accurate&_count=2', total],
      ['_total=estimate&_count=2', total],
      ['_count=2', total],
      ['_total=none&_count=2', undefined],
      ['_total=accurate&status=final&status=amended', 0],
    ] as const) {
      expect([query, (await server.get(`Observation?${query}`)).body.total]).toEqual([query, expected])
    }
    expect(refusal(await server.get('Observation?_total=maybe'))).toEqual([400, 'value'])
  })

  test('SRCH-13 _maxresults bounds all pages together', async () => {
    const walked = await pages('Observation?_sort=_id&_maxresults=10&_count=4')
    expect(walked.map(({ ids }) => ids.length)).toEqual([4, 4, 2])
    expect(walked.flatMap(({ ids }) => ids)).toEqual(letters.slice(0, 10))
    const back = await pages(walked.at(-1)?.url ?? '', 'previous')
    expect(back.reverse().flatMap(({ ids }) => ids)).toEqual(letters.slice(0, 10))
    const again = await pages(back[0]?.url ?? '')
    expect(again.flatMap(({ ids }) => ids)).toEqual(letters.slice(0, 10))
    expect((await server.get('Observation?_maxresults=10&_count=4')).body.total).toBe(10)
    expect((await server.get('Observation?_maxresults=100')).body.total).toBe(total)
    expect(await server.found('Observation?_maxresults=0')).toEqual([])
    expect(refusal(await server.get('Observation?_maxresults=few'))).toEqual([400, 'value'])
  })

  test('SRCH-13 page counts pages from one', async () => {
    const found = (page: number, more = '') =>
      server.found(`Observation?_sort=_id&_count=6&page=${page}${more}`)
    expect(await found(1)).toEqual(letters.slice(0, 6))
    expect(await found(3)).toEqual(letters.slice(12, 18))
    expect(await found(99)).toEqual([])
    expect(await found(2, '&_maxresults=8')).toEqual(letters.slice(6, 8))
    expect(await found(3, '&_maxresults=8')).toEqual([])
    const { body } = await server.get('Observation?_sort=_id&_count=6&page=2')
    expect(await server.found(linkOf(body, 'next') ?? '')).toEqual(letters.slice(12, 18))
    expect(await server.found(linkOf(body, 'previous') ?? '')).toEqual(letters.slice(0, 6))
    expect(await server.found(linkOf(body, 'first') ?? '')).toEqual(letters.slice(0, 6))
    expect(refusal(await server.get('Observation?page=0'))).toEqual([400, 'value'])
  })

  test('SRCH-05 a setting that is given twice says two things', async () => {
    for (const pair of [
      '_count=1&_count=2',
      '_sort=a&_sort=b',
      '_total=none&_total=accurate',
      'page=1&page=2',
    ]) {
      expect([pair, refusal(await server.get(`Observation?${pair}`))]).toEqual([pair, [400, 'invalid']])
    }
    expect(await server.found('Observation?_count=1&_count=1')).toHaveLength(1)
    expect(refusal(await server.get('Observation?_count:x=1'))).toEqual([400, 'not-supported'])
  })
})
