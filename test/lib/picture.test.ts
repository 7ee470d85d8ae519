import { expect, test } from 'vitest'
import { pictureOf } from '../../src/lib/picture.ts'

const svg = (inside: string, root = '') =>
  Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg"${root}>${inside}</svg>`)

test('a drawing of plain shapes is taken where drawings are', () => {
  const drawn = svg(
    '<g fill="#0b5c6b"><path d="M0 0h9v9z"/><use href="#a"/><circle r="2" fill="url(#b)"/></g>',
  )
  expect(pictureOf(drawn, { drawings: true }).type).toBe('image/svg+xml')
  expect(() => pictureOf(drawn)).toThrow('PNG, JPEG or WebP picture')
})

test.each([
  '<script>x</script>',
  '<path d=">" onload="x"/>',
  '<path d="<" onload="x"/>',
  '<!-- <path/> --><script/>',
  '<path onload="x"/>',
  '<path ONLOAD = "x"/>',
  '<style>*{}</style>',
  '<path style="fill:url(http://e.example)"/>',
  '<use href="https://e.example/#a"/>',
  '<use xlink:href="data:image/svg+xml,x"/>',
  '<a href="#x"><path/></a>',
  '<image href="#x"/>',
  '<foreignObject><p>x</p></foreignObject>',
  '<animate attributeName="href" to="javascript:x"/>',
  '<path fill="url(https://e.example)"/>',
  '<path fill="url( \'//e.example\')"/>',
  '<title>&x;</title>',
  '<use href="&#106;avascript:x"/>',
  '<![CDATA[<script>]]>',
  '<?xml-stylesheet href="x"?>',
])('%s is refused', (inside) => {
  expect(() => pictureOf(svg(inside), { drawings: true })).toThrow('plain shapes')
})

test('a drawing is in UTF-8, as a browser would read other tags in another encoding than we do', () => {
  const declared = (encoding: string) =>
    Buffer.from(`<?xml version="1.0"${encoding}?>${svg('<path d="M0 0"/>')}`)
  for (const encoding of ['', ' encoding="UTF-8"', " encoding='utf-8' standalone='yes'"])
    expect(pictureOf(declared(encoding), { drawings: true }).type).toBe('image/svg+xml')
  for (const encoding of [' encoding="iso-2022-jp"', " encoding = 'utf-7'", ' ENCODING="shift_jis"'])
    expect(() => pictureOf(declared(encoding), { drawings: true })).toThrow('The logo')
})

test('SEC-07 what was made to take long is refused as fast as anything else', () => {
  const most = 65_000
  const long = [
    `<svg><${'a'.repeat(most)}`,
    `<svg ${'a'.repeat(most)}></svg>`,
    `<svg><g ${"a='".repeat(most / 3)}`,
  ]
  const spent = process.cpuUsage()
  for (const text of [...long, `<svg ${' '.repeat(500_000)}`])
    try {
      pictureOf(Buffer.from(text), { drawings: true })
    } catch {}
  // It took a minute.
  expect(process.cpuUsage(spent).user / 1e6).toBeLessThan(2)
})

test('neither a document type, nor another root, nor what is too large', () => {
  const wrong = ['<!DOCTYPE svg [<!ENTITY x "y">]><svg></svg>', '<html><svg></svg></html>', 'GIF89a']
  for (const text of wrong) expect(() => pictureOf(Buffer.from(text), { drawings: true })).toThrow('The logo')
  expect(() => pictureOf(svg(' '.repeat(65_536)), { drawings: true })).toThrow('64 kB')
})
