import { connect } from 'node:tls'
import { isLoopback } from '../../config/contradictions.ts'
import type { Config } from '../../config/load.ts'
import { DAY } from '../../lib/time.ts'
import { type Check, checks, days } from './check.ts'

/** A certificate that is renewed by itself has more time left than this. */
const SOON = 14 * DAY

const tls = checks('TLS')

/** What the configuration says about the way in, whether the server runs or not. */
export function postureChecks({ baseUrl, mode, host, trustProxy }: Config): Check[] {
  const loopback = isLoopback(new URL(baseUrl).hostname)
  const encrypted = baseUrl.startsWith('https:')
  const found: Check[] = []
  if (encrypted) found.push(tls.ok('The public address is https.'))
  else if (loopback) found.push(tls.ok('The public address is http on loopback, which nobody can listen to.'))
  else {
    found.push(
      tls.warning(
        `In ${mode} mode ${baseUrl} sends passwords and tokens in clear text. Use it for synthetic data only.`,
      ),
    )
  }
  if (encrypted && !trustProxy) {
    found.push(
      tls.warning(
        'Lanyard speaks http behind a proxy that speaks https, but trusts no proxy: set LANYARD_TRUST_PROXY=yes, or every caller has the address of the proxy.',
      ),
    )
  }
  if (trustProxy && !encrypted) {
    found.push(
      tls.warning(
        'LANYARD_TRUST_PROXY is set, but the public address is not https. Without a proxy in front anybody can claim any address: unset it.',
      ),
    )
  } else if (trustProxy && !isLoopback(host)) {
    found.push(
      tls.note(`Lanyard listens on ${host} and believes X-Forwarded-*: let only the proxy reach its port.`),
    )
  }
  return found
}

/** The failure of a certificate, if that is what a failed connection says. */
export function certificateFailure(baseUrl: string, code: string, why: string): Check | undefined {
  return /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|SSL|TLS/.test(code)
    ? tls.failed(`The certificate of ${baseUrl} does not hold: ${why}. Apps will refuse it too.`)
    : undefined
}

/** RFC 6797: is it sent, and does the proxy let it through? */
export function hstsCheck(response: Response): Check {
  return response.headers.has('strict-transport-security')
    ? tls.ok('Browsers are told to use https only (HSTS).')
    : tls.warning('The answers lack Strict-Transport-Security, which Lanyard sends: the proxy takes it away.')
}

/** How long the certificate of the public address holds. */
export function certificateCheck({ hostname, port }: URL, patience: number): Promise<Check> {
  return new Promise((resolve) => {
    const socket = connect(
      { host: hostname, port: Number(port || 443), servername: hostname, timeout: patience },
      () => {
        const left = Date.parse(socket.getPeerCertificate().valid_to) - Date.now()
        socket.end()
        resolve(
          left > SOON
            ? tls.ok(`The certificate holds for ${days(left)} more.`)
            : tls.warning(`The certificate holds for ${days(left)} only. Renew it.`),
        )
      },
    )
    socket.on('timeout', () => socket.destroy(new Error('no answer')))
    socket.on('error', (error) =>
      resolve(tls.warning(`The certificate could not be read: ${error.message}.`)),
    )
  })
}
