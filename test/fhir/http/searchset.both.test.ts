import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FhirServer, fhirServer, linkOf, matchesOf, refusal } from './fhir-server.ts'
import { posted } from './posted.ts'

let server: FhirServer
beforeAll(async () => {
  server = await fhirServer([
    { resourceType: 'Patient', id: 'ana', name: [{ family: 'Lima' }], gender: 'female' },
    { resourceType: 'Patient', id: 'bo', name: [{ family: 'Berg' }], gender: 'male' },
    { resourceType: 'Patient', id: 'c', name: [{ family: 'Lind' }], gender: 'female' },
  ])
})
afterAll(() => server.close())

describe('SRCH-01 a search', () => {
  test('SRCH-01 by POST is the same as by GET, and both places count', async () => {
    const got = await server.get('Patient?gender=female&name=lim')
    expect((await posted(server, { gender: 'female', name: 'lim' })).body).toEqual(got.body)
    expect((await posted(server, { gender: 'female' }, { name: 'lim' })).body.entry).toEqual(got.body.entry)
    expect(
      (
        await posted(server, [
          ['name', 'li'],
          ['name', 'lin'],
        ])
      ).body.entry,
    ).toHaveLength(1)
    expect((await posted(server, { name: 'li' }, { name: 'lin' })).body.entry).toHaveLength(1)
    expect((await posted(server, {})).body.total).toBe(3)
    const empty = await server.send('Patient/_search?name=lima', { method: 'POST' })
    expect(matchesOf(empty.body)).toEqual(['ana'])
  })

  test('SRCH-02 the self link holds what counted, and asks the same again', async () => {
    const { body } = await server.get('Patient?name=li&bogus=1&gender=&_format=json&_sort=bogus&_count=2')
    expect(linkOf(body, 'self')).toBe(`${server.fhir}/Patient?name=li&_count=2`)
    expect((await server.get(linkOf(body, 'self') ?? '')).body).toEqual(body)
    const form = await posted(server, { name: 'li ä&=+' }, { gender: 'female' })
    const self = new URL(linkOf(form.body, 'self') ?? '')
    expect([...self.searchParams]).toEqual([
      ['gender', 'female'],
      ['name', 'li ä&=+'],
    ])
    expect(linkOf((await server.get('Patient')).body, 'self')).toBe(`${server.fhir}/Patient`)
  })

  test('SRCH-03 is a searchset, whose entries tell their address and why they are there', async () => {
    const { body } = await server.get('Patient?name=lima')
    expect([body.resourceType, body.type, body.total]).toEqual(['Bundle', 'searchset', 1])
    expect(body.entry[0]).toMatchObject({
      fullUrl: `${server.fhir}/Patient/ana`,
      resource: { resourceType: 'Patient', id: 'ana' },
      search: { mode: 'match' },
    })
  })

  test('REST-18 nothing found has no entry at all', async () => {
    const { status, body } = await server.get('Patient?name=nobody')
    expect([status, Object.keys(body)]).toEqual([200, ['resourceType', 'type', 'total', 'link']])
    expect(body.total).toBe(0)
  })

  test('SRCH-04 an unknown parameter is left out; with handling=strict it is refused', async () => {
    for (const name of [
      'bogus',
      'Name',
      'constructor',
      '__proto__',
      'toString',
      'valueOf',
      'hasOwnProperty',
    ]) {
      const lenient = await server.get(`Patient?${name}=x`, { prefer: 'handling=lenient' })
      expect([name, lenient.body.total]).toEqual([name, 3])
      expect(linkOf(lenient.body, 'self')).toBe(`${server.fhir}/Patient`)
      const strict = await server.get(`Patient?${name}=x`, { prefer: 'return=minimal; handling=strict' })
      expect([name, refusal(strict)]).toEqual([name, [400, 'not-supported']])
    }
    expect((await server.get('Patient?gender=&name=,', { prefer: 'handling=strict' })).status).toBe(200)
    expect(
      (await server.get('Patient?_format=json&_pretty=true', { prefer: 'handling=strict' })).status,
    ).toBe(200)
  })

  test('SRCH-04 _id is exact', async () => {
    expect(await server.ids('Patient?_id=ana')).toEqual(['ana'])
    expect(await server.ids('Patient?_id=ana,bo,nobody')).toEqual(['ana', 'bo'])
    expect(await server.ids('Patient?_id=ANA')).toEqual([])
    expect(await server.ids('Patient?_id=an')).toEqual([])
    expect(await server.ids('Patient?_id=ana&_id=bo')).toEqual([])
    expect(refusal(await server.get('Patient?_id:exact=ana'))).toEqual([400, 'not-supported'])
  })

  test('SRCH-15 what would widen the answer if it were left out is refused, even leniently', async () => {
    for (const name of [
      '_filter',
      '_text',
      '_content',
      '_list',
      '_query',
      '_type',
      '_has',
      'near',
      '_containedType',
    ]) {
      const answer = await server.get(`Patient?${name}=x`, { prefer: 'handling=lenient' })
      expect([name, refusal(answer)]).toEqual([name, [400, 'not-supported']])
    }
    expect(refusal(await server.get('Patient?_contained=true'))).toEqual([400, 'not-supported'])
    expect((await server.get('Patient?_contained=false')).body.total).toBe(3)
  })

  test('SRCH-15 _tag, _profile and _security', async () => {
    const meta = {
      profile: ['http://example.org/p'],
      tag: [{ system: 'urn:t', code: 'x' }],
      security: [{ code: 'R' }],
    }
    await server.store([
      { resourceType: 'Location', id: 'l', meta },
      { resourceType: 'Location', id: 'm' },
    ])
    for (const query of ['_tag=urn:t|x', '_tag=x', '_profile=http://example.org/p', '_security=R']) {
      expect([query, await server.ids(`Location?${query}`)]).toEqual([query, ['l']])
    }
    expect(await server.ids('Location?_tag:not=x')).toEqual(['m'])
    expect(await server.ids('Location?_profile:missing=true')).toEqual(['m'])
  })

  test('ENF-30 what is contained is found by its container only', async () => {
    await server.store([
      {
        resourceType: 'Observation',
        id: 'with-contained',
        status: 'final',
        code: { text: 'x' },
        contained: [{ resourceType: 'Patient', id: 'inner', name: [{ family: 'Inner' }] }],
        subject: { reference: '#inner' },
      },
    ])
    expect(await server.ids('Patient?name=inner')).toEqual([])
    expect(await server.ids('Patient?_id=inner')).toEqual([])
    expect((await server.get('Patient/inner')).status).toBe(404)
    expect(await server.ids('Observation?subject=Patient/inner')).toEqual([])
    expect(await server.ids('Observation?patient.name=inner')).toEqual([])
    const { body } = await server.get('Observation?_id=with-contained&_include=Observation:subject')
    expect(matchesOf(body)).toEqual(['with-contained'])
    expect(body.entry).toHaveLength(1)
  })

  test('SRCH-17 no search demands a status', async () => {
    for (const query of [
      'MedicationRequest?patient=ana',
      'Encounter?patient=ana',
      'DiagnosticReport',
      'CarePlan',
    ])
      expect([query, (await server.get(query)).status]).toEqual([query, 200])
  })
})
