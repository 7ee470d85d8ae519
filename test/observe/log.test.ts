import pg from 'pg'
import { expect, test } from 'vitest'
import { LanyardError } from '../../src/lib/errors.ts'
import { createLog, flushLog, type Log } from '../../src/observe/log.ts'

/** What a log writes, as text and as parsed lines. */
function written(
  act: (log: Log) => void,
  level = 'info',
): { text: string; lines: Record<string, unknown>[] } {
  const parts: string[] = []
  act(createLog(level, { write: (line: string) => void parts.push(line) }))
  const text = parts.join('')
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  return { text, lines }
}

test('a line is JSON with level, time and message', () => {
  const { lines } = written((log) => log.info({ route: '/fhir/:type' }, 'request'))
  expect(lines).toEqual([
    {
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      route: '/fhir/:type',
      msg: 'request',
    },
  ])
  expect(written((log) => log.debug('too much'), 'info').lines).toEqual([])
})

test('secrets are never written, wherever they stand', () => {
  const { text, lines } = written((log) => {
    log.info({ authorization: 'Bearer s3cret', status: 200 })
    log.info({ request: { headers: { authorization: 's3cret', cookie: 's3cret', host: 'a.example' } } })
    log.info({ a: { b: { c: { d: { client_secret: 's3cret', access_token: 's3cret' } } } } })
    log.info({ list: [{ token: 's3cret' }, { password: 's3cret', name: 'ana' }] })
    log.info({
      config: { sealingKey: 's3cret', databaseUrl: 's3cret' },
      code: 's3cret',
      code_verifier: 's3cret',
    })
    log.info({
      form: { client_assertion: 's3cret', refresh_token: 's3cret', id_token: 's3cret', secret: 's3cret' },
    })
  })
  expect(text).not.toContain('s3cret')
  expect(lines).toHaveLength(6)
  expect(lines[0]).toMatchObject({ authorization: '[redacted]', status: 200 })
  expect(lines[1]).toMatchObject({ request: { headers: { cookie: '[redacted]', host: 'a.example' } } })
  expect(lines[3]).toMatchObject({ list: [{ token: '[redacted]' }, { name: 'ana' }] })
})

test('an error is written with its code, stack, detail and causes, but not with what libraries hang on it', () => {
  const refused = Object.assign(new pg.DatabaseError('duplicate key', 1, 'error'), {
    code: '23505',
    detail: 'Key (id)=(patient-4711) already exists.',
    parameters: ['patient-4711'],
  })
  const { text, lines } = written((log) =>
    log.error({
      err: new LanyardError('unavailable', 'Try again.', { detail: 'pool exhausted', cause: refused }),
    }),
  )
  expect(lines[0]?.err).toEqual({
    type: 'LanyardError',
    code: 'unavailable',
    message: 'Try again.',
    detail: 'pool exhausted',
    stack: expect.stringContaining('LanyardError: Try again.'),
    cause: { type: 'error', code: '23505', message: 'duplicate key', stack: expect.any(String) },
  })
  expect(text).not.toContain('patient-4711')
})

test('what was thrown need not be an error', () => {
  expect(written((log) => log.error({ err: 'just text' })).lines[0]?.err).toEqual({ message: 'just text' })
})

test('flushing resolves when the lines are handed over', async () => {
  await flushLog(createLog('info', { write: () => {} }))
})
