import { expect, test } from 'vitest'
import { type Exceptions, formTarget, protect } from '../../src/pages/security.ts'

function policy(exceptions?: Exceptions): string {
  const headers = new Map<string, string>()
  protect({ set: (name: string, value: string) => void headers.set(name, value) } as never, exceptions)
  return headers.get('content-security-policy') ?? ''
}

test('AUTHZ-17 a page leads its forms nowhere and is in nobody’s frame, unless it says so', () => {
  expect(policy()).toMatch(/; form-action 'self'; frame-ancestors 'none'$/)
  const exceptions = {
    formAction: ['com.example.app:'],
    frameAncestors: ['https://ehr.example.org', 'http://localhost:8080', 'https://*.ward.example'],
  }
  expect(policy(exceptions)).toMatch(
    /; form-action 'self' com\.example\.app:; frame-ancestors https:\/\/ehr\.example\.org http:\/\/localhost:8080 https:\/\/\*\.ward\.example$/,
  )
})

test.each([
  "https://a.example; script-src 'unsafe-inline'",
  'https://a.example,https://b.example',
  'https://a.example https://b.example',
  'https://a.example/path',
  "'unsafe-inline'",
  '*',
  '',
  'https://a;b.example',
])('%s is no source', (source) => {
  expect(policy({ formAction: [source], frameAncestors: [source] })).toBe(policy())
})

test.each([
  ['https://app.example/callback?x=1', 'https:'],
  ['http://127.0.0.1:4000/cb', 'http:'],
  ['com.example.app:/cb', 'com.example.app:'],
])('the form behind which %s waits may lead to %s', (redirectUri, target) => {
  expect(formTarget(redirectUri)).toBe(target)
})
