// A small FHIR server that Lanyard protects: it believes no token itself, it asks. See protect-your-own-fhir-server.md.
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const { LANYARD = 'http://localhost:3000', CLIENT_ID = '', CLIENT_SECRET = '', PORT = '8090' } = process.env
const authorization = `Basic ${Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64')}`
const records = [{ resourceType: 'Observation', id: 'weight', status: 'final', patient: 'ana-lindqvist' }]

/** What introspection said, for as long as a token that was revoked may still be believed. */
const known = new Map()
const SECONDS = 10

async function introspect(bearer) {
  const key = createHash('sha256').update(bearer).digest('hex')
  const before = known.get(key)
  if (before !== undefined && Date.now() < before.until) return before.token
  const asked = { method: 'POST', headers: { authorization }, body: new URLSearchParams({ token: bearer }) }
  const answer = await fetch(`${LANYARD}/oauth2/introspect`, asked)
  if (!answer.ok) throw new Error(`introspection was answered with ${answer.status}`)
  const token = await answer.json()
  if (known.size > 10_000) known.clear()
  known.set(key, { token, until: Math.min(Date.now() + SECONDS * 1000, (token.exp ?? 0) * 1000) })
  return token
}

/** Whether one scope alone lets its holder read this type of this patient. What is not understood allows nothing. */
function mayRead({ scope, patient }, type, subject) {
  return scope.split(' ').some((one) => {
    const [, level, of, letters] = /^(patient|system)\/(\*|[A-Za-z]+)\.(read|\*|c?r?u?d?s?)$/.exec(one) ?? []
    const reads = letters === 'read' || letters === '*' || letters?.includes('r')
    return reads && (of === '*' || of === type) && (level === 'system' || patient === subject)
  })
}

async function answerTo(request) {
  const bearer = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (bearer === undefined) return [401, 'login', { 'www-authenticate': 'Bearer realm="my server"' }]
  const token = await introspect(bearer)
  if (!token.active) return [401, 'login', { 'www-authenticate': 'Bearer error="invalid_token"' }]
  const [, type, id] = (request.url ?? '/').split('?')[0].split('/')
  const found = records.find((one) => one.resourceType === type && one.id === id)
  // What is not there is answered like what is not allowed: nobody learns which it is.
  if (found === undefined || !mayRead(token, type, found.patient)) return [403, 'forbidden']
  const { patient, ...resource } = found
  return [200, { ...resource, subject: { reference: `Patient/${patient}` } }]
}

createServer(async (request, response) => {
  const [status, said, headers] = await answerTo(request).catch(() => [503, 'transient', { 'retry-after': '5' }])
  const outcome = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: said }] }
  response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers })
  response.end(JSON.stringify(typeof said === 'string' ? outcome : said))
}).listen(Number(PORT), '127.0.0.1', () => console.log(`listening on http://localhost:${PORT}`))
