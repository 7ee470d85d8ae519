import { sha256 } from '../lib/id.ts'
import { accentColours, accentProblem, type Colour } from './accent.ts'

/** SMART App Launch 2.2, styling: the light colours of our own pages (views/assets/site.css). */
const style = {
  color_background: '#fbfbf9',
  color_error: '#a12622',
  color_highlight: '#0b5c6b',
  color_modal_backdrop: '',
  color_success: '#1d6b3a',
  color_text: '#16202c',
  dim_border_radius: '6px',
  dim_font_size: '17px',
  dim_spacing_size: '16px',
  font_family_body: 'system-ui, sans-serif',
  font_family_heading: 'system-ui, sans-serif',
}

/** The path of a document, which names its content, and the document. */
type Named = { path: string; content: string }
export type Style = {
  /** What apps may take over (CTX-07). */
  document: Named
  /** What our own pages take over, where an accent was chosen. */
  sheet: Named | undefined
}

/** The look of the server. @param accent the colour that was chosen for it, if any */
export function styleOf(accent: Colour | undefined): Style {
  if (accent === undefined) return { document: named('', JSON.stringify(style), 'json'), sheet: undefined }
  const document = JSON.stringify({ ...style, color_highlight: accent })
  const colours = Object.entries(accentColours(accent)).map(
    ([name, [light, dark]]) => `  --${name}: light-dark(${light}, ${dark});\n`,
  )
  const prefix = `${accent.slice(1)}-`
  return {
    document: named(prefix, document, 'json'),
    sheet: named(prefix, `:root {\n${colours.join('')}}\n`, 'css'),
  }
}

/**
 * The document at a path below `/style/`, also of a look that the server had before: it follows from the path alone, so
 * that apps and browsers that come late find what their address names.
 */
export function styleAt(path: string): Named | undefined {
  const [, accent] = /^\/style\/(?:([0-9a-f]{6})-)?[\w-]{12}\.(?:json|css)$/.exec(path) ?? []
  if (accent !== undefined && accentProblem(`#${accent}`) !== undefined) return undefined
  const { document, sheet } = styleOf(accent === undefined ? undefined : `#${accent}`)
  return [document, sheet].find((one) => one?.path === path)
}

function named(prefix: string, content: string, ending: 'json' | 'css'): Named {
  return { path: `/style/${prefix}${sha256(content).slice(0, 12)}.${ending}`, content }
}
