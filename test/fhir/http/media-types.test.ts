import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FhirServer, fhirServer, refusal } from './fhir-server.ts'
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

const FHIR = 'application/fhir+json; charset=utf-8'

describe('REST-02 media types', () => {
  test.for([
    ['application/fhir+json', FHIR],
    ['application/fhir+json; charset=utf-8', FHIR],
    ['application/fhir+json; fhirVersion=4.0', FHIR],
    ['application/fhir+json; fhirVersion="4.0.1"', FHIR],
    ['application/json', 'application/json; charset=utf-8'],
    ['text/json', 'text/json; charset=utf-8'],
    ['application/json+fhir', FHIR],
    ['*/*', FHIR],
    ['application/*', FHIR],
    ['', FHIR],
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', FHIR],
    ['application/fhir+xml, application/json;q=0.5', 'application/json; charset=utf-8'],
    ['application/json;q=0.5, application/fhir+json', FHIR],
    ['APPLICATION/FHIR+JSON', FHIR],
  ])('REST-02 Accept: %s is answered as %s', async ([accept = '', type]) => {
    const { status, headers } = await server.get('Patient/ana', { accept })
    expect([status, headers.get('content-type')]).toEqual([200, type])
    expect((await server.get('Patient', { accept })).headers.get('content-type')).toBe(type)
    expect((await server.get('metadata', { accept })).headers.get('content-type')).toBe(type)
  })

  test.for([
    'application/fhir+xml',
    'text/html',
    'text/turtle',
    'image/*',
    'application/fhir+json; fhirVersion=3.0',
    'application/fhir+json;q=0',
    'application/json; q=0.0',
    'application/json;q=nonsense',
    '__proto__',
    'constructor',
    ';;;,,,',
  ])('REST-02 Accept: %s is refused with 406', async (accept) => {
    for (const path of ['Patient/ana', 'Patient', 'metadata']) {
      const answer = await server.get(path, { accept })
      expect([path, refusal(answer)]).toEqual([path, [406, 'not-supported']])
      expect(answer.headers.get('content-type')).toBe(FHIR)
    }
  })

  test('REST-02 _format outweighs Accept, also in the body of a search', async () => {
    const xml = { accept: 'application/fhir+xml' }
    for (const format of [
      'json',
      'application/json',
      'application/fhir+json',
      'application/fhir%2Bjson',
      'text/json',
    ]) {
      expect([format, (await server.get(`Patient/ana?_format=${format}`, xml)).status]).toEqual([format, 200])
      expect([format, (await server.get(`Patient?_format=${format}`, xml)).status]).toEqual([format, 200])
    }
    for (const format of ['xml', 'application/fhir+xml', 'ttl', 'html', 'text/plain', '__proto__']) {
      expect([format, refusal(await server.get(`Patient/ana?_format=${format}`))]).toEqual([
        format,
        [406, 'not-supported'],
      ])
      expect((await server.get(`metadata?_format=${format}`)).status).toBe(406)
      expect((await posted(server, { _format: format })).status).toBe(406)
    }
    expect((await server.get('Patient/ana?_format=')).status).toBe(200)
    expect((await posted(server, { _format: 'json' }, {}, xml)).status).toBe(200)
  })

  test('REST-02 _pretty is for people', async () => {
    for (const path of ['Patient/ana', 'Patient', 'metadata']) {
      const plain = await server.get(path)
      const pretty = await server.get(`${path}?_pretty=true`)
      expect([path, pretty.text.split('\n').length > 5, plain.text.includes('\n')]).toEqual([
        path,
        true,
        false,
      ])
      expect((await server.get(`${path}?_pretty=false`)).text).toBe(plain.text)
    }
    expect((await posted(server, { _pretty: 'true' })).text).toContain('\n')
  })
})
