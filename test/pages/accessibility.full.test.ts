import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startServer, type TestServer } from '../support/server.ts'
import { axeFindings, launchBrowser, openWindow, sidewaysScroll } from './browser.ts'

let browser: Browser
let demo: TestServer
beforeAll(async () => {
  browser = await launchBrowser()
  demo = await startServer()
})
afterAll(async () => {
  await browser.close()
  await demo.close()
})

test('the measure measures: a page that is made worse is noticed', async () => {
  const { page, complaints } = await openWindow(browser, { viewport: { width: 320, height: 800 } })
  await page.goto(demo.url)
  await page.evaluate(`
    document.querySelector('main').insertAdjacentHTML('beforeend',
      '<img src="https://pixel.example/x.png"><p class="pale">pale</p><div class="long">${'w'.repeat(200)}</div>')
    document.querySelector('.pale').setAttribute('style', 'color: red')
    const style = new CSSStyleSheet()
    style.replaceSync('.pale { color: #ccc; background: #ddd } .long { width: 900px }')
    document.adoptedStyleSheets.push(style)
    const script = document.createElement('script')
    script.textContent = 'window.ran = true'
    document.body.append(script)
  `)
  const findings = (await axeFindings(page)).join('\n')
  expect(findings).toContain('violation image-alt')
  expect(findings).toContain('violation color-contrast')
  expect(await sidewaysScroll(page)).toBeGreaterThan(500)
  expect(await page.evaluate('window.ran')).toBeUndefined()
  // The image, the style and the script were all refused by the content security policy.
  for (const directive of ['img-src', 'style-src', 'script-src']) {
    expect(complaints.filter((text) => text.includes(directive)).length).toBeGreaterThanOrEqual(1)
  }
  await page.context().close()
})
