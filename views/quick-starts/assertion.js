// npm install jose
import { randomUUID } from 'node:crypto'
import { importJWK, SignJWT } from 'jose'

const key = await importJWK(privateJwk, '{{alg}}')
const assertion = await new SignJWT({ jti: randomUUID() })
  .setProtectedHeader({ alg: '{{alg}}', typ: 'JWT', kid: '{{kid}}' })
  .setIssuer('{{clientId}}')
  .setSubject('{{clientId}}')
  .setAudience('{{token}}')
  .setExpirationTime(Math.floor(Date.now() / 1000) + 240)
  .sign(key)
