import { describe, expect, test } from 'vitest'
import { languages } from '../../src/pages/language.ts'
import { en, type Words } from '../../src/pages/words/en.ts'
import { es } from '../../src/pages/words/es.ts'
import { dressed, fixtures } from './fixtures.ts'
import { wordsOf } from './words.ts'

const { render } = dressed()
const pages = languages.flatMap((words) =>
  Object.entries(fixtures(words)).map(([name, page]) => ({ name, lang: words.lang, page })),
)

describe.each(pages)('$name in $lang', ({ lang, page }) => {
  const html = render(page)

  test('is whole', () => {
    expect(html).toContain(`<html lang="${lang}">`)
    expect(html).not.toMatch(/undefined|\[object|NaN|null|\{\w+!?\}|Invalid/)
    expect(html.match(/<h1>[^<]+<\/h1>/g)).toHaveLength(1)
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id)
    expect(ids).toEqual([...new Set(ids)])
    const named = [...html.matchAll(/ (?:aria-(?:labelledby|describedby)|for|form)="([^"]*)"/g)]
    for (const id of named.flatMap(([, id = '']) => id.split(' '))) expect(ids).toContain(id)
  })

  test('AUTHZ-17 every form that is posted has the token against forgery, but what others make of it', () => {
    for (const [form] of html.matchAll(/<form[^>]*method="post"[\s\S]*?<\/form>/g)) {
      expect(form).toMatch(/<input type="hidden" name="(?:csrf|xsrf)" value="[^"]+">/)
    }
  })

  test('leads to the other languages, unless it cannot be asked for again', () => {
    if (page.kept === false) return expect(html).not.toMatch(/ hreflang=/)
    for (const other of languages.filter((words) => words.lang !== lang)) {
      expect(html).toMatch(new RegExp(`<a href="\\?[^"]*lang=${other.lang}" lang="${other.lang}"`))
    }
  })
})

describe('whatever anybody is called', () => {
  const attack = `"'><img src=x onerror=alert(1)>\`<script>&{app!}{{731*911}}<%= 731*911 %>`
  const hostile = dressed(attack).render
  test.each(Object.entries(fixtures(en, () => attack)))('%s keeps it text', (name, page) => {
    const html = hostile(page)
    expect(html).not.toMatch(/<img src=x|<script>|<%=|665941/)
    if (name !== 'help') expect(html).toContain('&lt;script&gt;')
  })
})

test('Spanish has every word, with the same holes, and is no English', () => {
  const english = wordsOf({ ...en, mistakes: toldIn(en) })
  const spanish = wordsOf({ ...es, mistakes: toldIn(es) })
  // What the registers say of a field is English: some of it is shown as it is there, and needs words in Spanish only.
  const isOwn = (path: string) =>
    !path.startsWith('error.') && (!path.startsWith('admin.mistakes.') || english.has(path))
  expect([...spanish.keys()].filter(isOwn)).toEqual([...english.keys()].filter(isOwn))
  for (const [path, word] of english) {
    const other = spanish.get(path)
    if (other === undefined) continue
    expect([path, holesOf(other)]).toEqual([path, holesOf(word)])
    if (word.includes(' ')) expect([path, other === word]).toEqual([path, same.has(path)])
  }
})

test('every error that the pages know has a sentence in Spanish: those of the errors are English', () => {
  expect(Object.keys(es.error.byReason)).toEqual(Object.keys(en.error.byReason))
  expect(Object.keys(es.error.byCode)).toEqual(Object.keys(en.error.byCode))
  const all = [...Object.values(es.error.byReason), ...Object.values(es.error.byCode), es.error.theirs]
  for (const { heading, sentence } of all) expect([heading, sentence]).toEqual([heading, expect.any(String)])
})

test.each([
  ['en', en],
  ['es', es],
])('the words of a person in %s: no exclamation, no excuse, no capitals for style', (_lang, words) => {
  const { landing: _landing, ...shown } = words
  const text = [...wordsOf({ ...shown, mistakes: toldIn(words) }).values()].join('\n')
  expect(text).not.toMatch(/!(?!\})|\b(?:please|oops|sorry|invalid|successfully|por favor|lo sentimos)\b/i)
})

/** Names, and what the server says in English to everybody. */
const same = new Set([
  'title',
  'problem.title',
  'demo.site',
  'admin.members.basic',
  'developer.scopes.example',
  'developer.scopes.opensText',
  'developer.assertion.field',
  'landing.firstToken.refuse.answer.text',
  'landing.firstToken.refuse.answer.status',
])

/** The mistakes of a launch, with what they may have to compare. */
function toldIn({ mistakes }: Words) {
  const facts = { sent: '‹1›', expected: ['‹2›'] }
  const { byReason, scope } = mistakes
  const all = Object.entries(byReason).map(([reason, one]) => [
    reason,
    typeof one === 'function' ? one(facts) : one,
  ])
  const sentence = 'The scope "‹1›" was not granted: it is unknown.'
  return { ...Object.fromEntries(all), scope: scope({ scope: '‹1›', reason: 'unknown', sentence }) }
}

function holesOf(word: string): string[] {
  return [...word.matchAll(/\{\w+!?\}|‹\d›/g)].map(([hole]) => hole).sort()
}
