/** Attributes that load what they name, and the elements on which `href` does. */
const loading = /^(?:src|srcset|poster|data|background|xlink:href|formaction)$/i
const hrefLoads = /^(?:link|use|image|base)$/i
const foreign = /(?:^|[\s,])(?:[a-z][a-z0-9+.-]*:|\/\/)/i

/** What the content security policy and rule 15 of the house would not let a template do, as sentences. */
export function viewProblems(template: string): string[] {
  // Code becomes a placeholder, as it says nothing until it runs.
  const html = template
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/<%[=-][\s\S]*?%>/g, '§')
    .replace(/<%[\s\S]*?%>/g, ' ')
  return [...rawOutput(template), ...[...tagsOf(html)].flatMap(tagProblems), ...inlineScripts(html)]
}

/** What a stylesheet must not do: fetch something from elsewhere. */
export function styleProblems(css: string): string[] {
  const text = css.replace(/\/\*[\s\S]*?\*\//g, '')
  const fetched = [...text.matchAll(/url\(\s*['"]?([^'")]*)/gi)].map((match) => match[1] ?? '')
  return [
    ...(/@import/i.test(text) ? ['has @import'] : []),
    ...fetched.filter((address) => foreign.test(address)).map((address) => `fetches ${address}`),
  ]
}

/** `<%-` writes without escaping: for `include(…)` and `body`, and for nothing else. */
function rawOutput(template: string): string[] {
  const raw = [...template.matchAll(/<%-([\s\S]*?)[-_]?%>/g)].map((match) => (match[1] ?? '').trim())
  return raw
    .filter((code) => code !== 'body' && !isOneInclude(code))
    .map((code) => `writes "${code}" without escaping`)
}

/** True for `include(…)` up to its own closing parenthesis, with nothing behind it. */
function isOneInclude(code: string): boolean {
  if (!code.startsWith('include(')) return false
  const bare = code.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`/g, "''")
  let depth = 0
  for (const [index, letter] of [...bare].entries()) {
    if (letter === '(') depth++
    if (letter === ')' && --depth === 0) return index === bare.length - 1
  }
  return false
}

type Tag = { name: string; attributes: { name: string; value: string; quoted: boolean }[] }

/** The start tags. */
function* tagsOf(html: string): Generator<Tag> {
  for (const [, name = '', rest = ''] of html.matchAll(/<([a-z][\w:-]*)((?:[^<>"']|"[^"]*"|'[^']*')*)>/gi)) {
    const pairs = rest.matchAll(/([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g)
    const attributes = [...pairs].map(([, key = '', double, single, bare]) => ({
      name: key,
      value: double ?? single ?? bare ?? '',
      quoted: bare === undefined,
    }))
    yield { name, attributes }
  }
}

function tagProblems({ name, attributes }: Tag): string[] {
  const found = /^(?:style|base|object|embed)$/i.test(name) ? [`has <${name}>`] : []
  for (const { name: key, value, quoted } of attributes) {
    const loads = loading.test(key) || (/^href$/i.test(key) && hrefLoads.test(name))
    if (/^on/i.test(key)) found.push(`has ${key}= on <${name}>`)
    if (/^style$/i.test(key)) found.push(`has style= on <${name}>`)
    if (loads && foreign.test(value)) found.push(`loads ${value} by <${name}>`)
    if (/^\s*(?:javascript|data|vbscript):/i.test(value))
      found.push(`has a ${value.split(':')[0]}: address on <${name}>`)
    if (!quoted && value.includes('§')) found.push(`writes ${key}= without quotes on <${name}>`)
  }
  return found
}

function inlineScripts(html: string): string[] {
  const scripts = [...html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script/gi)]
  return scripts
    .filter(([, attributes = '', content = '']) => !/\ssrc\s*=/.test(attributes) || content.trim() !== '')
    .map(() => 'has an inline script')
}
