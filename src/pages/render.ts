import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import ejs from 'ejs'
import type { Context } from 'koa'
import { lazy } from '../lib/lazy.ts'
import { languages } from './language.ts'
import { type Exceptions, protect } from './security.ts'
import type { Words } from './words/en.ts'

/** A page that is ready to be written: which template, in which frame, with which data. */
export type Page = {
  /**
   * `page` is plain content; `flow` hangs it on the strap, one card and one question; `account` has the tabs of a
   * person's own pages; `admin` the navigation of the console.
   */
  layout: 'page' | 'flow' | 'account' | 'developer' | 'admin'
  view: string
  words: Words
  title: string
  /** Everything that the template writes: it decides nothing. */
  data: Readonly<Record<string, unknown>>
  /** Of a `flow`: more than the width of a few fields. */
  card?: 'medium' | 'wide'
  /** Who is signed in, where to sign out, and whether the console is open to them. */
  user?: { name: string; signOut: string; console?: boolean }
  /** The start page with its slash, where `/` would be on another host. */
  home?: string
  /** Parameters of its address that stay when the language is changed; without them none, with `false` it cannot be. */
  kept?: Readonly<Record<string, string>> | false
}

export type Render = {
  /** Writes a page as HTML. @throws Error if a template lacks something */
  (page: Page): string
  /** Compiles what was not written yet, one template at a time, so that nobody waits for it. */
  warm(): Promise<void>
}

/** What was chosen: a name, a stylesheet of its colours, a logo (addresses). */
export type Look = { name?: string | undefined; sheet?: string | undefined; logo?: string | undefined }

type Deps = {
  /** The folder `views`. */
  folder: string
  /** Whose server it is, beside our name, where no name was chosen. */
  site: string
  /** How it looks now. */
  look?: () => Look
  demo: boolean
  /** Whether records are open to everybody, which every page says. */
  open?: boolean
  /** The address of an asset. */
  asset: (name: string) => string
}

type Template = (data: Record<string, unknown>) => string

/** Reads all templates and icons, once; a template is compiled when it is first written, or by `warm`. */
export function createRender({
  folder,
  site: usual,
  look = () => ({}),
  demo,
  open = false,
  asset,
}: Deps): Render {
  const templates = new Map(filesIn(folder, '.ejs').map((name) => [name, template(folder, name)]))
  const icons = new Map(filesIn(join(folder, 'icons'), '.svg').map((name) => [name, drawing(folder, name)]))
  const shared = { demo, open, asset, icon: (name: string) => found(icons, name) }

  // Ours instead of EJS's own: no file is looked up, and an included template sees what its includer sees.
  const write: (name: string, data: object) => string = (name, data) =>
    found(templates, name)()({
      ...data,
      include: (other: string, more?: object) => write(other, { ...data, ...more }),
    })

  async function warm(): Promise<void> {
    for (const compiled of templates.values()) {
      compiled()
      await setImmediate()
    }
  }

  return Object.assign(pageAsHtml, { warm })

  function pageAsHtml(page: Page): string {
    const { layout, view, words, data, card, user, home = '/' } = page
    const brand = look()
    const site = brand.name ?? usual
    const frame = {
      words,
      site,
      brand,
      card,
      layout,
      user,
      home,
      title: words.title(page.title, site),
      languages: others(page),
    }
    const all = { ...data, ...shared, ...frame }
    return write(`layouts/${layout}`, { ...all, body: write(`pages/${view}`, all) })
  }
}

/** Answers with a page. */
export function sendPage(ctx: Context, html: string, exceptions?: Exceptions): void {
  protect(ctx, exceptions)
  ctx.type = 'text/html; charset=utf-8'
  ctx.body = html
}

/** Links to the same page in the other languages. */
function others({ words, kept = {}, home = '' }: Page): { lang: string; name: string; href: string }[] {
  if (kept === false) return []
  return languages
    .filter(({ lang }) => lang !== words.lang)
    .map(({ lang, language }) => ({
      lang,
      name: language,
      href: `${home}?${new URLSearchParams({ ...kept, lang })}`,
    }))
}

/** The files below a folder with this ending, without it: `partials/icon`. */
function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => name.slice(0, -ending.length).replaceAll('\\', '/'))
}

function template(folder: string, name: string): () => Template {
  const filename = join(folder, `${name}.ejs`)
  const text = readFileSync(filename, 'utf8')
  return lazy<Template>(() => ejs.compile(text, { filename, async: false }))
}

/** Each icon is one path on a grid of 24; partials/icon.ejs draws it. */
function drawing(folder: string, name: string): string {
  const path = /<path d="([^"]+)"\/>/.exec(readFileSync(join(folder, 'icons', `${name}.svg`), 'utf8'))?.[1]
  if (path === undefined) throw new Error(`the icon ${name} is not one path`)
  return path
}

function found<T>(all: ReadonlyMap<string, T>, name: string): T {
  const one = all.get(name)
  if (one === undefined) throw new Error(`there is no ${name} among the views`)
  return one
}
