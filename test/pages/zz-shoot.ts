import { axeFindings, launchBrowser, openWindow, sidewaysScroll } from '/work/main/test/pages/browser.ts'
import { openShowcase } from '/work/main/test/pages/showcase.ts'

const filter = process.argv[2] ? new RegExp(process.argv[2]) : /./
const modes = (process.argv[3] ?? '1280:light').split(',')
const show = await openShowcase()
const browser = await launchBrowser()
for (const mode of modes) {
  const [w, colorScheme] = mode.split(':') as [string, 'light' | 'dark']
  const { page, complaints } = await openWindow(browser, {
    viewport: { width: Number(w), height: 800 },
    colorScheme,
  })
  for (const path of show.paths) {
    if (!filter.test(path)) continue
    await page.goto(show.url + path)
    await page.screenshot({
      path: `/tmp/shots/${path.slice(1).replace('/', '-')}-${w}-${colorScheme}.png`,
      fullPage: true,
    })
    if (process.argv[4] === 'axe') {
      for (const d of await page.locator('summary').all()) await d.click()
      const f = await axeFindings(page)
      const s = await sidewaysScroll(page)
      if (f.length || s) console.log(mode, path, s, f)
    }
  }
  if (complaints.length) console.log(mode, complaints)
  await page.context().close()
}
await browser.close()
await show.close()
