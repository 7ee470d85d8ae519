// A token for a service. Node, with nothing to install; private.jwk.json is the private half of the registered key.
import { createPrivateKey, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const fhir = '{{fhirBase}}'
const tokenEndpoint = '{{token}}'
const clientId = '{{clientId}}'
const { kid, ...jwk } = JSON.parse(readFileSync('private.jwk.json', 'utf8'))

const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')
const header = { alg: jwk.kty === 'RSA' ? 'RS384' : 'ES384', typ: 'JWT', kid }
const exp = Math.floor(Date.now() / 1000) + 240
const claims = { iss: clientId, sub: clientId, aud: tokenEndpoint, exp, jti: randomUUID() }
const content = `${encode(header)}.${encode(claims)}`
const key = createPrivateKey({ key: jwk, format: 'jwk' })
const signature = sign('sha384', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' })

const response = await fetch(tokenEndpoint, {
  method: 'POST',
  body: new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'system/Patient.rs',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: `${content}.${signature.toString('base64url')}`,
  }),
})
const token = await response.json()
if (!response.ok) throw new Error(`${token.error}: ${token.error_description}`)

const patients = await fetch(`${fhir}/Patient?_count=1`, {
  headers: { authorization: `Bearer ${token.access_token}` },
})
console.log((await patients.json()).resourceType)
