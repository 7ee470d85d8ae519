import type { z } from 'zod'
import type { SettingName, settings } from './schema.ts'

export type Settings = z.infer<typeof settings>

/** Settings that are right one by one and wrong together: which they are, what is wrong, what to do. */
type Contradiction = { among: readonly SettingName[]; problem(values: Settings): string | false }

const contradictions: readonly Contradiction[] = [
  {
    among: ['mode', 'host', 'demoExposed'],
    problem: ({ mode, host, demoExposed }) =>
      mode === 'demo' &&
      !isLoopback(host) &&
      !demoExposed &&
      `Demo mode has public passwords and listens on loopback only, but LANYARD_HOST is "${host}". Use LANYARD_MODE=production, or set LANYARD_DEMO_EXPOSED=yes if everybody who can reach it may do anything.`,
  },
  {
    among: ['mode', 'baseUrl'],
    problem: ({ mode, baseUrl }) =>
      mode === 'production' &&
      baseUrl === undefined &&
      'LANYARD_BASE_URL is needed in production: the public https address of this server.',
  },
  {
    among: ['mode', 'baseUrl'],
    problem: ({ mode, baseUrl }) =>
      mode === 'production' &&
      baseUrl?.startsWith('http:') === true &&
      !isLoopback(new URL(baseUrl).hostname) &&
      `LANYARD_BASE_URL is "${baseUrl}", but production needs https: put a reverse proxy with a certificate in front and name its https address. Only a loopback address may be http.`,
  },
  {
    among: ['noAuthentication', 'mode'],
    problem: ({ noAuthentication, mode }) =>
      noAuthentication &&
      mode === 'production' &&
      'LANYARD_NO_AUTHENTICATION opens every record to everybody and is refused in production. Remove it, or use LANYARD_MODE=demo on a machine without real data.',
  },
  {
    among: ['noAuthentication', 'host', 'baseUrl', 'trustProxy'],
    problem: ({ noAuthentication, host, baseUrl, trustProxy }) =>
      noAuthentication &&
      (!isLoopback(host) ||
        trustProxy ||
        (baseUrl !== undefined && !isLoopback(new URL(baseUrl).hostname))) &&
      'LANYARD_NO_AUTHENTICATION is for this machine only: LANYARD_HOST and LANYARD_BASE_URL must be loopback addresses, without LANYARD_TRUST_PROXY.',
  },
  {
    among: ['trustedIssuers', 'baseUrl', 'port'],
    problem: ({ trustedIssuers, baseUrl, port }) =>
      trustedIssuers.some(({ issuer }) => issuer === (baseUrl ?? `http://localhost:${port}`)) &&
      'trustedIssuers names this server itself; its own tokens are known anyway.',
  },
  {
    among: ['sealingKey', 'sealingKeyFile'],
    problem: ({ sealingKey, sealingKeyFile }) =>
      sealingKey !== undefined &&
      sealingKeyFile !== undefined &&
      'LANYARD_SEALING_KEY and LANYARD_SEALING_KEY_FILE exclude each other: set one of them.',
  },
  {
    among: ['fhirPageSize', 'fhirMaxPageSize'],
    problem: ({ fhirPageSize, fhirMaxPageSize }) =>
      fhirPageSize > fhirMaxPageSize &&
      `fhirPageSize (${fhirPageSize}) must not exceed fhirMaxPageSize (${fhirMaxPageSize}).`,
  },
]

/** The sentences about settings that contradict each other; `wrong` ones have been told about already. */
export function contradictionsIn(values: Settings, wrong: ReadonlySet<string>): string[] {
  return contradictions
    .filter(({ among }) => !among.some((name) => wrong.has(name)))
    .flatMap(({ problem }) => problem(values) || [])
}

/** True for the names and addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host)
}
