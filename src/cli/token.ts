import { createPrivateKey, type KeyObject } from 'node:crypto'
import type { Command } from 'commander'
import { SignJWT } from 'jose'
import { LanyardError, messageOf } from '../lib/errors.ts'
import { randomId } from '../lib/id.ts'
import { parseJson } from '../lib/json.ts'
import { endpointsOf } from '../smart/discovery.ts'
import { readText } from './files.ts'
import { configOf, print, type Terminal } from './terminal.ts'

type Options = { client: string; key: string; scope?: string; kid?: string; server?: string; json?: boolean }

export function tokenCommand(program: Command, terminal: Terminal): void {
  program
    .command('token')
    .description('Act as a backend service: sign an assertion and fetch an access token.')
    .requiredOption('--client <id>', 'client_id')
    .requiredOption(
      '--key <file>',
      'private key: a JWK (JSON) or PEM file; RSA signs RS384, P-384 signs ES384',
    )
    .option('--scope <scopes>', 'what to ask for, in one argument')
    .option('--kid <kid>', "the key's id; a JWK usually names its own")
    .option('--server <url>', 'base URL of the server; default: this configuration')
    .option('--json', 'print the whole token response')
    .action(async (options: Options) => {
      const endpoint = endpointsOf(options.server?.replace(/\/$/, '') ?? configOf(terminal).baseUrl).token
      const answer = await fetchToken(endpoint, options, readText(terminal.folder, options.key))
      print(terminal, options.json, answer, () => String(answer.access_token))
    })
}

async function fetchToken(
  endpoint: string,
  options: Options,
  keyText: string,
): Promise<Record<string, unknown>> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await signAssertion(endpoint, options, keyText),
    ...(options.scope === undefined ? {} : { scope: options.scope }),
  })
  let response: Response
  try {
    response = await fetch(endpoint, { method: 'POST', body: form })
  } catch (error) {
    throw new LanyardError(
      'unavailable',
      `No answer from ${endpoint}. Is the server running? (${messageOf(error)})`,
      { cause: error },
    )
  }
  const answer = (await response.json()) as Record<string, unknown>
  if (!response.ok) {
    throw new LanyardError(
      'forbidden',
      `The server refused (${response.status} ${answer.error}): ${answer.error_description}`,
    )
  }
  return answer
}

/** SMART "client-confidential-asymmetric": five minutes at most, a new jti each time. */
async function signAssertion(endpoint: string, { client, kid }: Options, keyText: string): Promise<string> {
  const { key, ownKid } = readKey(keyText)
  const header = kid ?? ownKid
  return await new SignJWT({ jti: randomId() })
    .setProtectedHeader({
      alg: key.asymmetricKeyType === 'rsa' ? 'RS384' : 'ES384',
      typ: 'JWT',
      ...(header === undefined ? {} : { kid: header }),
    })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(endpoint)
    .setExpirationTime('5m')
    .sign(key)
}

function readKey(text: string): { key: KeyObject; ownKid: string | undefined } {
  try {
    if (!text.trimStart().startsWith('{')) return { key: createPrivateKey(text), ownKid: undefined }
    const read = parseJson(text)
    if ('problem' in read) throw new Error(read.problem)
    const jwk = read.value as { kid?: string }
    return { key: createPrivateKey({ key: jwk, format: 'jwk' }), ownKid: jwk.kid }
  } catch (error) {
    throw new LanyardError(
      'invalid-request',
      `The key file holds no private key as JWK or PEM (${messageOf(error)}).`,
      { cause: error },
    )
  }
}
