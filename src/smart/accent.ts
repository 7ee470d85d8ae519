/** A colour as `#rrggbb`, in small letters. */
export type Colour = string
type Channels = readonly [red: number, green: number, blue: number]

/** What WCAG 2.2 asks of text (1.4.3). */
export const LEAST_CONTRAST = 4.5

/** The grounds of our pages that are hardest to stand out from (views/assets/site.css): light, and dark. */
const light = '#f3f4f0'
const dark = { surface: '#1b222a', paper: '#14191f' }
const white = '#ffffff'
const black = '#000000'

/** Each of light and dark pages. */
export type AccentColours = Readonly<
  Record<'accent' | 'deep' | 'soft' | 'on-accent' | 'focus', readonly [light: Colour, dark: Colour]>
>

/** The contrast of two colours, from 1 to 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: Colour, other: Colour): number {
  const [a, b] = [luminance(one), luminance(other)]
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05)
}

/**
 * Why a colour cannot be the accent of pages whose text must be read: text in it, and white text on it, would have too
 * little contrast. @returns the contrast that it reaches, and the nearest darker colour that would do
 */
export function accentProblem(accent: Colour): { reached: number; instead: Colour } | undefined {
  // White is lighter than every ground: what stands out from these carries white text too.
  const reached = contrast(accent, light)
  return reached >= LEAST_CONTRAST ? undefined : { reached, instead: mixedUntil(accent, black, fitsLight) }
}

const fitsLight = (colour: Colour) => contrast(colour, light) >= LEAST_CONTRAST

/** The colours of both kinds of pages that follow from an accent without `accentProblem`. */
export function accentColours(accent: Colour): AccentColours {
  const onDark = mixedUntil(accent, white, (colour) => contrast(colour, dark.surface) >= 6.5)
  const soft = mixedUntil(
    mixed(white, accent, 0.11),
    white,
    (ground) => contrast(accent, ground) >= LEAST_CONTRAST,
  )
  const softDark = mixedUntil(
    mixed(dark.paper, accent, 0.25),
    dark.paper,
    (ground) => contrast(onDark, ground) >= LEAST_CONTRAST,
  )
  return {
    accent: [accent, onDark],
    deep: [mixed(accent, black, 0.25), mixed(onDark, white, 0.35)],
    soft: [soft, softDark],
    'on-accent': [white, mixed(black, accent, 0.2)],
    focus: [accent, mixed(onDark, white, 0.2)],
  }
}

/** Of the way from one colour to another the first step that will do; the other one if none does. */
function mixedUntil(from: Colour, to: Colour, willDo: (colour: Colour) => boolean): Colour {
  for (let part = 0; part < 1; part += 0.02) {
    const colour = mixed(from, to, part)
    if (willDo(colour)) return colour
  }
  return to
}

/** @param part of the other colour, from 0 to 1 */
function mixed(one: Colour, other: Colour, part: number): Colour {
  const [a, b] = [channelsOf(one), channelsOf(other)]
  return `#${a.map((value, index) => hex(value + ((b[index] ?? 0) - value) * part)).join('')}`
}

function hex(value: number): string {
  return Math.round(value).toString(16).padStart(2, '0')
}

function luminance(colour: Colour): number {
  const [red, green, blue] = channelsOf(colour).map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0)
}

function channelsOf(colour: Colour): Channels {
  const value = Number.parseInt(colour.slice(1), 16)
  return [value >> 16, (value >> 8) & 255, value & 255]
}
