import { expect, test } from 'vitest'
import type { Answer } from '../http/fhir-server.ts'

/** Sends a request as one of several writers, who may stand at different servers. */
export type SendAs = (
  writer: number,
  method: string,
  path: string,
  body?: object,
  headers?: Record<string, string>,
) => Promise<Answer>

const WRITERS = 8
const person = (id: string, more: object = {}) => ({ resourceType: 'Patient', id, active: true, ...more })
const named = (id: string, mark: string) => person(id, { name: [{ family: mark }] })
const isPatch = { 'content-type': 'application/json-patch+json' }

/**
 * What must hold when many write at once: every write is refused, or has its place in the one order of versions.
 * @param sender of the servers that this file started
 */
export function raceTests(sender: () => SendAs): void {
  const send: SendAs = (...request) => sender()(...request)

  /** Does the same from all writers at once, some times over. @returns every answer */
  async function fromAll(times: number, work: (writer: number, time: number) => Promise<Answer>) {
    const writers = Array.from({ length: WRITERS }, async (_, writer) => {
      const answers: Answer[] = []
      for (let time = 0; time < times; time++) answers.push(await work(writer, time))
      return answers
    })
    return (await Promise.all(writers)).flat()
  }

  /** All versions, oldest first, as the history tells them. */
  async function versionsOf(path: string): Promise<Answer['body'][]> {
    const { status, body } = await send(0, 'GET', `${path}/_history?_count=500`)
    expect(status).toBe(200)
    const { entry = [], total } = body
    expect(entry).toHaveLength(total)
    const resources = entry.map(({ resource }: Answer['body']) => resource).toReversed()
    const numbers = resources.map((resource: Answer['body']) => resource?.meta.versionId)
    expect(numbers).toEqual(resources.map((_: unknown, index: number) => String(index + 1)))
    return resources
  }
  const familyOf = (resource: Answer['body']): string => resource.name[0].family
  /** Only these may be told to who lost a race. */
  const lost = [409, 412]

  test('REST-08 updates without If-Match are ordered, and none is lost', async () => {
    const answers = await fromAll(5, (writer, time) =>
      send(writer, 'PUT', 'Patient/open', named('open', `w${writer}-${time}`)),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(answers.length - 1)
    const versions = await versionsOf('Patient/open')
    expect(versions).toHaveLength(answers.length)
    for (const { body } of answers)
      expect(familyOf(versions[Number(body.meta.versionId) - 1])).toBe(familyOf(body))
  })

  test('REST-08 of updates with If-Match one of each version is taken, and the others are told', async () => {
    await send(0, 'PUT', 'Patient/guarded', named('guarded', 'first'))
    const taken: string[] = ['first']
    await fromAll(5, async (writer, time) => {
      const { body: found } = await send(writer, 'GET', 'Patient/guarded')
      const mark = `w${writer}-${time}`
      const match = { 'if-match': `W/"${found.meta.versionId}"` }
      const answer = await send(writer, 'PUT', 'Patient/guarded', named('guarded', mark), match)
      if (answer.status === 200) taken.push(mark)
      else expect(lost, answer.text).toContain(answer.status)
      return answer
    })
    expect((await versionsOf('Patient/guarded')).map(familyOf).sort()).toEqual(taken.sort())
    expect(taken.length).toBeGreaterThan(1)
  })

  test('REST-10 no patch is lost that was answered for', async () => {
    await send(0, 'PUT', 'Patient/patched', person('patched', { identifier: [{ value: 'none' }] }))
    const answers = await fromAll(4, (writer, time) => {
      const operation = { op: 'add', path: '/identifier/-', value: { value: `w${writer}-${time}` } }
      return send(writer, 'PATCH', 'Patient/patched', [operation], isPatch)
    })
    const accepted = answers.filter(({ status }) => status === 200)
    for (const { status, text } of answers) expect([200, ...lost], text).toContain(status)
    const versions = await versionsOf('Patient/patched')
    expect(versions).toHaveLength(accepted.length + 1)
    expect(versions.at(-1).identifier).toHaveLength(accepted.length + 1)
    expect(accepted.length).toBeGreaterThan(0)
  })

  test('REST-07 conditional creates of the same make one', async () => {
    const answers = await fromAll(2, (writer) =>
      send(
        writer,
        'POST',
        'Patient',
        {
          resourceType: 'Patient',
          identifier: [{ system: 'urn:race', value: 'one' }],
          multipleBirthInteger: writer,
        },
        { 'if-none-exist': 'identifier=urn:race|one' },
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    for (const { status, text } of answers) expect([200, 201, ...lost], text).toContain(status)
    const found = await send(0, 'GET', 'Patient?identifier=urn:race|one')
    expect(found.body.total).toBe(1)
  })

  test('REST-16 transactions that want the same in opposite order are whole, or not there', async () => {
    for (const id of ['left', 'right']) await send(0, 'PUT', `Patient/${id}`, named(id, 'first'))
    const answers = await fromAll(3, (writer, time) => {
      const order = writer % 2 === 0 ? ['left', 'right'] : ['right', 'left']
      return send(writer, 'POST', '', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: order.map((id) => ({
          resource: named(id, `w${writer}-${time}`),
          request: { method: 'PUT', url: `Patient/${id}` },
        })),
      })
    })
    const accepted = answers.filter(({ status }) => status === 200).length
    for (const { status, text } of answers) expect([200, ...lost], text).toContain(status)
    expect(accepted).toBeGreaterThan(0)
    const [left, right] = [await versionsOf('Patient/left'), await versionsOf('Patient/right')]
    expect(left).toHaveLength(accepted + 1)
    expect(left.map(familyOf)).toEqual(right.map(familyOf))
  })

  test('REST-11 who deletes and who writes at once agree in the history', async () => {
    await send(0, 'PUT', 'Patient/torn', named('torn', 'first'))
    const answers = await fromAll(3, (writer, time) =>
      writer % 2 === 0
        ? send(writer, 'PUT', 'Patient/torn', named('torn', `w${writer}-${time}`))
        : send(writer, 'DELETE', 'Patient/torn'),
    )
    for (const { status, text } of answers) expect([200, 201, 204, ...lost], text).toContain(status)
    const { body } = await send(0, 'GET', 'Patient/torn/_history?_count=500')
    const methods: string[] = body.entry.map(({ request }: Answer['body']) => request.method).toReversed()
    // To delete what is gone changes nothing.
    expect(methods.filter((method, index) => method === 'DELETE' && methods[index - 1] === 'DELETE')).toEqual(
      [],
    )
    const puts = answers.filter(({ status }) => status === 200 || status === 201)
    expect(methods.filter((method) => method !== 'DELETE').length).toBeGreaterThanOrEqual(
      1 + puts.filter(({ body }) => body?.resourceType === 'Patient').length,
    )
    const now = await send(0, 'GET', 'Patient/torn')
    expect(now.status).toBe(methods.at(-1) === 'DELETE' ? 410 : 200)
  })
}
