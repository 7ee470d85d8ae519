import { createHash, randomBytes } from 'node:crypto'
import type { TestServer } from './server.ts'

/** What a browser without JavaScript does: keeps cookies, follows redirects of this server, posts forms. */
export type Browser = ReturnType<typeof createBrowser>
export type Visit = {
  status: number
  headers: Headers
  url: string
  html: string
  location: string | undefined
}
export type Fields = readonly (readonly [string, string])[] | Record<string, string>

type Cookie = { value: string; path: string }

export function createBrowser(server: Pick<TestServer, 'url'>, headers: Record<string, string> = {}) {
  const jar = new Map<string, Cookie>()
  const agent = { accept: 'text/html', 'user-agent': 'Test Browser', ...headers }

  function cookiesFor(path: string): string {
    return [...jar]
      .filter(
        ([, cookie]) =>
          path === cookie.path || path.startsWith(cookie.path.replace(/\/?$/, '/')) || cookie.path === '/',
      )
      .map(([key, { value }]) => `${key.split(' ')[0]}=${value}`)
      .join('; ')
  }
  function keep(response: Response): void {
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const [name = '', ...value] = pair.split('=')
      const attribute = (key: string) =>
        attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1)
      const path = attribute('path') ?? '/'
      const expires = attribute('expires')
      const gone = value.join('=') === '' || (expires !== undefined && Date.parse(expires) < 86_400_000)
      if (gone) jar.delete(`${name} ${path}`)
      else jar.set(`${name} ${path}`, { value: value.join('='), path })
    }
  }

  /** One request; redirects are not followed. */
  async function ask(address: string, init: RequestInit = {}): Promise<Visit> {
    const url = new URL(address, server.url)
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: { ...agent, cookie: cookiesFor(url.pathname), ...(init.headers as Record<string, string>) },
    })
    keep(response)
    const location = response.headers.get('location') ?? undefined
    return {
      status: response.status,
      headers: response.headers,
      url: url.href,
      html: await response.text(),
      location: location === undefined ? undefined : new URL(location, url).href,
    }
  }

  /** Follows redirects until a page, or until an address of another site. */
  async function follow(visit: Visit): Promise<Visit> {
    let now = visit
    for (let hops = 0; hops < 20; hops++) {
      if (now.location === undefined || !now.location.startsWith(`${server.url}/`)) return now
      now = await ask(now.location)
    }
    throw new Error('redirects without end')
  }

  const open = async (address: string): Promise<Visit> => await follow(await ask(address))

  /** Posts a form as the page has it (its hidden fields), with these fields; follows what comes. */
  async function submit(page: Visit, fields: Fields): Promise<Visit> {
    const form = formOf(page)
    const body = new URLSearchParams([...form.hidden, ...pairsOf(fields)])
    return await follow(
      await ask(new URL(form.action, page.url).href, {
        method: 'POST',
        body,
      }),
    )
  }

  return { ask, open, submit, follow, jar }
}

function pairsOf(fields: Fields): [string, string][] {
  return (Array.isArray(fields) ? fields : Object.entries(fields)) as [string, string][]
}

/** The form of a page that is posted: where to, its hidden fields. */
export function formOf({ html }: Pick<Visit, 'html'>): { action: string; hidden: [string, string][] } {
  const form = /<form\b[^>]*\bmethod="post"[^>]*>([\s\S]*?)<\/form>/.exec(html)
  if (form === null) throw new Error(`no form in: ${textOf(html).slice(0, 500)}`)
  const action = /\baction="([^"]*)"/.exec(form[0])?.[1] ?? ''
  return {
    action: unescaped(action),
    hidden: inputs(form[1] ?? '', 'hidden').map(({ name, value }) => [name, value]),
  }
}

/** The boxes of a page that are ticked, as a browser would post them. */
export function tickedIn({ html }: Pick<Visit, 'html'>, name: string): string[] {
  return inputs(html, 'checkbox')
    .filter((input) => input.name === name && input.checked)
    .map(({ value }) => value)
}
/** All boxes of a page. */
export function boxesIn({ html }: Pick<Visit, 'html'>, name: string): string[] {
  return inputs(html, 'checkbox')
    .filter((input) => input.name === name)
    .map(({ value }) => value)
}

function inputs(html: string, type: string) {
  return [...html.matchAll(/<input\b[^>]*>/g)]
    .map(([tag]) => ({
      type: attributeOf(tag, 'type'),
      name: attributeOf(tag, 'name') ?? '',
      value: attributeOf(tag, 'value') ?? 'on',
      checked: /\schecked\b/.test(tag),
    }))
    .filter((input) => input.type === type)
}

function attributeOf(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1]
  return found === undefined ? undefined : unescaped(found)
}

/** Text of HTML as people read it. */
export function unescaped(text: string): string {
  return text
    .replaceAll('&#39;', "'")
    .replaceAll('&#34;', '"')
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

/** What a person reads of a page. */
export function textOf(html: string): string {
  return unescaped(html.replace(/<(script|style|svg)[\s\S]*?<\/\1>/g, ' ').replace(/<[^>]+>/g, ' ')).replace(
    /\s+/g,
    ' ',
  )
}

/** A request of an app with PKCE, and what it must keep until the code comes. */
export function authorizationRequest(
  server: Pick<TestServer, 'url' | 'fhir'>,
  clientId: string,
  scope: string,
  more: Record<string, string | undefined> = {},
): { address: string; parameters: URLSearchParams; verifier: string; redirectUri: string } {
  const verifier = randomBytes(32).toString('base64url')
  const all: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: 'https://app.example.org/callback',
    scope,
    state: 'a state',
    aud: server.fhir,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...more,
  }
  const parameters = new URLSearchParams(
    Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined),
  )
  return {
    address: `/oauth2/authorize?${parameters}`,
    parameters,
    verifier,
    redirectUri: all.redirect_uri ?? '',
  }
}

/** What came back to the app. */
export function answerAt({ location }: Visit): Record<string, string> {
  if (location === undefined) throw new Error('the browser was not sent back to the app')
  return Object.fromEntries(new URL(location).searchParams)
}
