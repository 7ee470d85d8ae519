// An app with a server that signs an assertion in place of a secret. Node, with nothing to install.
import { createPrivateKey, randomBytes, randomUUID, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'

const tokenEndpoint = '{{token}}'
const clientId = '{{clientId}}'
const { kid, ...jwk } = JSON.parse(readFileSync(process.env.PRIVATE_KEY ?? 'private.jwk.json', 'utf8'))

/** RS384 for an RSA key, ES384 for one on P-384. */
function assertion() {
  const encode = (part) => Buffer.from(JSON.stringify(part)).toString('base64url')
  //: sign
  const header = { alg: jwk.kty === 'RSA' ? 'RS384' : 'ES384', typ: 'JWT', kid }
  const exp = Math.floor(Date.now() / 1000) + 240
  const claims = { iss: clientId, sub: clientId, aud: tokenEndpoint, exp, jti: randomUUID() }
  //:
  const content = `${encode(header)}.${encode(claims)}`
  const key = createPrivateKey({ key: jwk, format: 'jwk' })
  const signature = sign('sha384', Buffer.from(content), { key, dsaEncoding: 'ieee-p1363' })
  return `${content}.${signature.toString('base64url')}`
}

/** What your callback does with the code; state and verifier are as in the other quick starts. */
export async function tokenFor(code, verifier) {
  //: trade
  const response = await fetch(tokenEndpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: 'https://app.example/callback',
      code_verifier: verifier,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: assertion(),
    }),
  })
  //:
  const answer = await response.json()
  if (!response.ok) throw new Error(`${answer.error}: ${answer.error_description}`)
  return answer
}

/** New for every launch: keep it in the person's session. */
export const newVerifier = () => randomBytes(48).toString('base64url')
