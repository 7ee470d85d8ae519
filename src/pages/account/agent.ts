import type { Words } from '../words/en.ts'

// The first that is found counts: each of these also calls itself what stands below it.
const browsers = [
  ['Edge', /\bEdg(?:e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|CriOS|Chromium)\//],
  ['Safari', /\bSafari\//],
] as const
const systems = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\bLinux\b/],
] as const

/** A `User-Agent` in plain words, such as "Firefox on Linux": good enough to know one's own devices again. */
export function agentInWords(userAgent: string, { account: { sessions } }: Words): string {
  const [browser] = browsers.find(([, pattern]) => pattern.test(userAgent)) ?? []
  const [system] = systems.find(([, pattern]) => pattern.test(userAgent)) ?? []
  if (browser === undefined) return system ?? sessions.unknownAgent
  return system === undefined ? browser : sessions.agent(browser, system)
}
