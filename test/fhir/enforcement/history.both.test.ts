import { afterAll, beforeAll, expect, test } from 'vitest'
import { laboratory, observationCategory, openWard, type Ward } from './ward.ts'

let ward: Ward
beforeAll(async () => {
  ward = await openWard()
  const lab = [{ coding: [{ system: observationCategory, code: 'laboratory' }] }]
  const survey = [{ coding: [{ system: observationCategory, code: 'survey' }] }]
  const write = (id: string, subject: string, category: object) =>
    ward.write({
      resourceType: 'Observation',
      id,
      status: 'final',
      code: { text: 'x' },
      subject: { reference: `Patient/${subject}` },
      category,
    })
  // Once Bob's, then Ann's; once a survey.
  await write('moved', 'bob', lab)
  await write('moved', 'ann', survey)
  await write('moved', 'ann', lab)
  // Once Ann's, then Bob's.
  await write('lost', 'ann', lab)
  await write('lost', 'bob', lab)
  for (const id of ['ann-dead', 'bob-dead']) {
    await write(id, id.slice(0, 3), lab)
    await ward.as('system/*.d').get(`Observation/${id}`, { method: 'DELETE' })
  }
})
afterAll(() => ward.close())

async function versions(scope: string, path: string): Promise<string[] | number> {
  const { status, body } = await ward.as(scope).get(path)
  if (status !== 200) return status
  type Entry = { fullUrl: string; response: { etag: string } }
  return ((body.entry ?? []) as Entry[])
    .map(({ fullUrl, response }) => `${fullUrl.split('/').slice(-2).join('/')} ${response.etag.slice(3, -1)}`)
    .sort()
}

test('ENF-19 each version is judged by itself', async () => {
  expect(await versions('system/*.r', 'Observation/moved/_history')).toHaveLength(3)
  expect(await versions('patient/*.r', 'Observation/moved/_history')).toEqual([
    'Observation/moved 2',
    'Observation/moved 3',
  ])
  expect(await versions(`patient/Observation.r?${laboratory}`, 'Observation/moved/_history')).toEqual([
    'Observation/moved 3',
  ])
  expect(await versions('patient/*.r', 'Observation/lost/_history')).toBe(404)
  expect(await versions('patient/*.r', 'Observation/never/_history')).toBe(404)
  expect(await versions('patient/*.r', 'Observation/ann-dead/_history')).toBe(404)
  expect(await versions('system/*.r', 'Observation/ann-dead/_history')).toHaveLength(2)
})

test('SCOPE-02 r opens the history of an instance, s that of a type and of the system', async () => {
  for (const [scope, instance, type] of [
    ['patient/Observation.r', 200, 403],
    ['patient/Observation.s', 403, 200],
    ['patient/Observation.cud', 403, 403],
    ['patient/Condition.rs', 403, 403],
  ] as const) {
    const holder = ward.as(scope)
    expect([scope, (await holder.get('Observation/moved/_history')).status]).toEqual([scope, instance])
    expect([scope, (await holder.get('Observation/_history')).status]).toEqual([scope, type])
  }
  expect(await versions('patient/Observation.cud', '_history')).toBe(403)
})

test('ENF-19 the history of a type and of the system shows no more, page by page', async () => {
  const all = (await versions('patient/*.s', '_history?_count=1000')) as string[]
  expect(all.filter((line) => /bob|lost|dead|both|mixed/.test(line))).toEqual([])
  expect(all).toContain('Observation/moved 2')
  expect(all).not.toContain('Observation/moved 1')
  const observations = (await versions('patient/*.s', 'Observation/_history')) as string[]
  expect(observations).toEqual(all.filter((line) => line.startsWith('Observation/')))
  const seen: string[] = []
  let path: string | undefined = 'Observation/_history?_count=1'
  const ann = ward.as('patient/*.s')
  while (path !== undefined) {
    const { body } = await ann.get(path)
    expect(body.total).toBeUndefined()
    for (const { resource } of body.entry) seen.push(`Observation/${resource.id} ${resource.meta.versionId}`)
    path = body.link.find(({ relation }: { relation: string }) => relation === 'next')?.url
    if (path !== undefined) expect((await ward.as('patient/*.rs').get(path)).status).toBe(403)
  }
  expect(seen.sort()).toEqual(observations)
  expect(await versions('system/*.s', 'Observation/_history')).toContain('Observation/bob-dead 2')
})
