import { unescaped } from '../support/browser-client.ts'

type Pair = [name: string, value: string]

/** What a browser would post of the last form of a page that is posted, were it sent as it stands: all its controls. */
export function controlsOf(html: string): Pair[] {
  const forms = [...html.matchAll(/<form\b[^>]*\bmethod="post"[^>]*>([\s\S]*?)<\/form>/g)]
  const form = forms.at(-1)?.[1] ?? ''
  const control = /<input\b[^>]*>|<textarea\b[^>]*>[\s\S]*?<\/textarea>|<select\b[^>]*>[\s\S]*?<\/select>/g
  return [...form.matchAll(control)].flatMap(([tag]): Pair[] => {
    const attribute = (name: string, of = tag) =>
      unescaped(new RegExp(` ${name}="([^"]*)"`).exec(of)?.[1] ?? '')
    const name = attribute('name')
    if (name === '') return []
    if (tag.startsWith('<textarea'))
      return [[name, unescaped(/>\n?([\s\S]*)<\/textarea>$/.exec(tag)?.[1] ?? '')]]
    if (tag.startsWith('<select')) {
      const options = [...tag.matchAll(/<option\b[^>]*>/g)].map(([option]) => option)
      return [[name, attribute('value', options.find((one) => / selected/.test(one)) ?? options[0] ?? '')]]
    }
    const isLeft = /type="(checkbox|radio)"/.test(tag) && !/ checked/.test(tag)
    return isLeft ? [] : [[name, attribute('value')]]
  })
}
