import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { LanyardError } from '../../src/lib/errors.ts'
import { errorPage } from '../../src/pages/error-page.ts'
import { firstToken } from '../../src/pages/first-token.ts'
import { landingPage } from '../../src/pages/landing.ts'
import { createRender, type Render } from '../../src/pages/render.ts'
import { en } from '../../src/pages/words/en.ts'
import { endpointsOf } from '../../src/smart/discovery.ts'
import { noon } from '../support/server.ts'

const attack = `"'><img src=x onerror=alert(1)>\`<script>&{{7*7}}<%= 7*7 %>`
const endpoints = endpointsOf('https://auth.example.org')

function renderer(site = 'Somewhere'): Render {
  const folder = resolve(import.meta.dirname, '../../views')
  return createRender({ folder, site, demo: true, asset: (name) => `/assets/${name}` })
}

test('whatever an error says, and whoever it names, is text', () => {
  const error = new LanyardError('invalid-request', attack, { word: attack, detail: 'hush', reason: attack })
  const deps = { words: en, endpoints, clock: () => noon, reference: attack }
  const html = renderer(attack)(errorPage(error, deps))
  expect(html).not.toMatch(/<img|<script>|onerror=[^&]*>|\{\{7\*7}}<%/)
  expect(html).toContain('&lt;script&gt;')
  expect(html.match(/&#34;&#39;&gt;&lt;img/g)?.length).toBeGreaterThanOrEqual(6)
  expect(html).not.toContain('49')
  expect(html).not.toContain('hush')
})

test('the start page too', () => {
  const backend = { clientId: attack, keyFile: attack }
  const page = landingPage({ words: en, endpoints, site: attack, demo: true, backend, glance: undefined })
  expect(renderer(attack)(page)).not.toMatch(/<img|<script>/)
})

test('every error has words, also one that nobody thought of', () => {
  const codes = ['invalid-request', 'forbidden', 'too-many', 'gone', 'conflict', 'unavailable', 'internal']
  for (const code of codes as LanyardError['code'][]) {
    const error = new LanyardError(code, `The sentence of ${code}.`, { detail: 'hush' })
    const html = renderer()(
      errorPage(error, { words: en, endpoints, clock: () => noon, reference: 'trace-1' }),
    )
    expect(html).toMatch(/<h1>\w[^<]{10,}<\/h1>/)
    expect(html).not.toContain('undefined')
    expect(html.includes(error.message)).toBe(code !== 'internal')
  }
})

test('commands hold for a shell, whatever the folder is called', () => {
  const commandOf = (keyFile: string) =>
    firstToken(en, endpointsOf('http://localhost:3000'), { clientId: 'demo-backend', keyFile })
      .map(({ command }) => command.map((part) => ('verb' in part ? part.verb : part.text)).join(''))
      .join('\n')
  expect(commandOf('data/demo-backend.jwk.json')).toContain(
    `TOKEN=$(npx lanyard token --client demo-backend --scope 'system/*.rs' \\\n  --key data/demo-backend.jwk.json)`,
  )
  expect(commandOf("my data/it's $(reboot)/key.json")).toContain(
    String.raw`--key 'my data/it'\''s $(reboot)/key.json')`,
  )
})

test('a template that lacks something says so instead of leaving a hole', () => {
  const render = renderer()
  expect(() => render({ layout: 'flow', view: 'error', words: en, title: 'x', data: {} })).toThrow(/heading/)
  expect(() => render({ layout: 'page', view: 'nothing', words: en, title: 'x', data: {} })).toThrow(
    /pages\/nothing/,
  )
})
