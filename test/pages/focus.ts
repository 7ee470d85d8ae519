import type { Page } from 'playwright-core'
import { expect } from 'vitest'

export type Focused =
  | { name: string; ring: string; seen: boolean; inline: boolean; least: number }
  | undefined

/** What has the focus now: its words, its ring, its smaller side, and whether a person could see it where it is. */
export function focused(page: Page): Promise<Focused> {
  return page.evaluate(`(() => {
    const element = document.activeElement
    if (element === null || element === document.body) return undefined
    const { left, right, top, bottom } = element.getBoundingClientRect()
    const style = getComputedStyle(element)
    const hit = document.elementFromPoint((left + right) / 2, Math.min((top + bottom) / 2, top + 12))
    const label = element.labels?.[0] ?? element
    return {
      name: label.textContent.replace(/\\s+/g, ' ').trim(),
      ring: style.outlineStyle + ' ' + style.outlineWidth,
      seen: left >= 0 && right <= innerWidth && top >= 0 && top < innerHeight && element.contains(hit),
      inline: style.display === 'inline',
      least: Math.min(right - left, bottom - top),
    }
  })()`)
}

/** Presses Tab, and holds what has the focus then to what every stop must be. */
export async function tab(page: Page): Promise<Focused> {
  await page.keyboard.press('Tab')
  const now = await focused(page)
  if (now === undefined) return undefined
  expect(now).toMatchObject({ ring: 'solid 3px', seen: true })
  // WCAG 2.2, 2.5.8: at least 24 pixels, but for a link in a sentence.
  if (!now.inline) expect([now.name, now.least >= 24]).toEqual([now.name, true])
  return now
}

/** Presses Tab from where the focus is to the end of the page. */
export async function walk(page: Page): Promise<string[]> {
  const names: string[] = []
  for (let step = 0; step < 60; step++) {
    const now = await tab(page)
    if (now === undefined) return names
    names.push(now.name)
  }
  throw new Error('Tab does not come to an end')
}

/** Presses Tab until this has the focus. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const passed: string[] = []
  for (let step = 0; step < 80; step++) {
    const now = await tab(page)
    if (now?.name === name) return
    passed.push(now?.name ?? 'the end')
  }
  throw new Error(`Tab does not come to "${name}", but to ${passed.join(', ')}`)
}
