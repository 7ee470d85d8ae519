import { LanyardError } from './errors.ts'
import { sha256 } from './id.ts'

/** A picture as it is kept: base64, and the hash by which its address names it. */
export type Picture = { type: string; content: string; hash: string }

/** Bytes. */
const MOST = 64 * 1024

/** What a picture is by its first bytes, whatever its name says. */
const kinds = [
  { type: 'image/png', starts: /^89504e470d0a1a0a/ },
  { type: 'image/jpeg', starts: /^ffd8ff/ },
  { type: 'image/webp', starts: /^52494646.{8}57454250/ },
] as const

/**
 * Looks at a picture that somebody sent.
 * @param drawings whether an SVG will do: it is a document, so it must come from somebody who may run the server, and
 *   hold nothing but shapes
 * @throws LanyardError `invalid-request` for what is no such picture
 */
export function pictureOf(content: Buffer, { drawings = false } = {}): Picture {
  // Before it is read: what is long takes long to read.
  if (content.length > MOST) throw refused(`must be at most ${MOST / 1024} kB`)
  const start = content.subarray(0, 16).toString('hex')
  const type =
    kinds.find(({ starts }) => starts.test(start))?.type ?? (drawings ? drawingType(content) : undefined)
  if (type === undefined)
    throw refused(
      drawings ? 'must be a PNG, JPEG, WebP or SVG picture' : 'must be a PNG, JPEG or WebP picture',
    )
  return { type, content: content.toString('base64'), hash: sha256(content) }
}

/** Elements that draw; a script, a style, a link, an animation, foreign content and text of a DTD are not among them. */
const drawing = new Set(
  'svg g path rect circle ellipse line polyline polygon defs use symbol title desc clippath mask lineargradient radialgradient stop'.split(
    ' ',
  ),
)

/** A tag with its attributes, whose values hold no angle brackets. Each part ends where the next can only begin. */
const tag = /<\/?([^\s/<>!?"']+)(?=[\s/>])((?:[^<>"']|"[^<>"]*"|'[^<>']*')*)>/g

/** What comes before a drawing; in another encoding than ours a browser would read other tags than we do. */
const prologue = /^\s*(?:<\?xml\s(?![^<>]*encoding\s*=\s*["'](?!utf-8["']))[^<>]*\?>\s*)?(<svg[\s>].*)$/is

function drawingType(content: Buffer): string | undefined {
  const text = content.toString('utf8').replaceAll(/<!--[^<>]*-->/g, '')
  const [, inside = ''] = prologue.exec(text) ?? []
  if (inside === '') return undefined
  // What is no tag is text, and holds nothing that could be read as one.
  if (/[<>]/.test(inside.replaceAll(tag, '')) || /&(?!(?:amp|lt|gt|quot|apos);)/i.test(inside)) throw unsafe()
  for (const [, name = '', attributes = ''] of inside.matchAll(tag)) {
    if (!drawing.has(name.toLowerCase())) throw unsafe()
    for (const [, key = '', double, single] of attributes.matchAll(attribute))
      if (!isPlain(key, (double ?? single ?? '').trim())) throw unsafe()
  }
  return 'image/svg+xml'
}

/** Names have an end, so that a long text is not tried from each of its letters to its end. */
const attribute = /([^\s=/"']{1,100})\s*=\s*(?:"([^"]*)"|'([^']*)')/g

/** Whether an attribute says a shape or a colour, and leads nowhere but into the drawing. */
function isPlain(key: string, value: string): boolean {
  if (/^on|^style$|^xml:/i.test(key)) return false
  if (/(?:^|:)(?:href|src)$/i.test(key) && !value.startsWith('#')) return false
  return !/url\(\s*['"]?(?!#)|script:/i.test(value)
}

function unsafe(): LanyardError {
  return refused('must be a drawing of plain shapes, without styles, scripts, links and other content')
}

function refused(message: string): LanyardError {
  return new LanyardError('invalid-request', `The logo ${message}.`, {
    problems: [{ path: 'logo', message }],
  })
}
