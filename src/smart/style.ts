import { sha256 } from '../lib/id.ts'

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

export type Style = { path: string; url: string; document: object }

/** The look that apps may take over; its address changes with its content (CTX-07). */
export function styleOf(baseUrl: string): Style {
  const path = `/style/${sha256(JSON.stringify(style)).slice(0, 12)}.json`
  return { path, url: `${baseUrl}${path}`, document: style }
}
