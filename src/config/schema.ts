import { z } from 'zod'

/** What a setting's documentation needs beside its type; `secret` values are never printed. */
export type SettingMeta = { description: string; example?: string; secret?: boolean; fileOnly?: boolean }

const meta = (description: string, more: Omit<SettingMeta, 'description'> = {}): SettingMeta => ({
  description,
  ...more,
})

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http or https address, e.g. "https://auth.example.org"' })
  .refine((value) => !value.endsWith('/'), { error: 'must not end with a slash' })
  .refine((value) => !/[?#]/.test(value), { error: 'must have no query and no fragment' })
  .refine((value) => new URL(value).pathname === '/', { error: 'must have no path' })

/** Booleans as people write them in an environment variable. */
const flag = z.union([
  z.boolean(),
  z
    .enum(['true', 'yes', 'on', '1', 'false', 'no', 'off', '0'], { error: 'must be "yes" or "no"' })
    .transform((word) => ['true', 'yes', 'on', '1'].includes(word)),
])

const count = (least: number, most: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${least} to ${most}` })
    .int({ error: `must be a whole number from ${least} to ${most}` })
    .min(least, { error: `must be a whole number from ${least} to ${most}` })
    .max(most, { error: `must be a whole number from ${least} to ${most}` })

const words = z.union([
  z.array(z.string().min(1)),
  z.string().transform((list) =>
    list
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== ''),
  ),
])

/**
 * Every setting of Lanyard, with its documentation: config/README.md is generated from this object.
 * A setting `fooBar` is written `fooBar` in the file and `LANYARD_FOO_BAR` in the environment.
 */
export const settings = z.strictObject({
  mode: z
    .enum(['demo', 'production'], { error: 'must be "demo" or "production"' })
    .default('demo')
    .meta(
      meta(
        '`demo` fills an empty database with a synthetic hospital and demo apps and listens on loopback only; `production` starts empty.',
      ),
    ),
  port: count(0, 65535).default(3000).meta(meta('The TCP port to listen on; 0 takes a free one.')),
  host: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .meta(
      meta(
        'The address to listen on. Demo mode refuses anything but loopback unless `demoExposed` is set too.',
      ),
    ),
  baseUrl: httpUrl
    .optional()
    .meta(
      meta(
        'The public address of this server, as browsers and apps see it. It is the OAuth issuer; the FHIR base is `{baseUrl}/fhir`. Default: `http://localhost:PORT`.',
        { example: 'https://auth.example.org' },
      ),
    ),
  trustProxy: flag
    .default(false)
    .meta(
      meta(
        'Believe `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`. Set it only behind a reverse proxy that overwrites them.',
      ),
    ),
  demoExposed: flag
    .default(false)
    .meta(meta('Let demo mode, whose passwords are public, listen on other addresses than loopback.')),
  dataDir: z
    .string()
    .min(1)
    .default('./data')
    .meta(meta('The folder of the SQLite database and of exports.')),
  keysDir: z
    .string()
    .min(1)
    .default('./keys')
    .meta(meta('The folder of the sealing key, made there at the first start when none is given.')),
  databaseUrl: z
    .string()
    .regex(/^(?:postgres(?:ql)?:\/\/|sqlite:)./, {
      error: 'must begin with "postgres://" or "sqlite:", e.g. "sqlite:./data/lanyard.sqlite"',
    })
    .optional()
    .meta(
      meta('The database. Default: `sqlite:{dataDir}/lanyard.sqlite`.', {
        secret: true,
        example: 'postgres://lanyard:secret@db.example.org/lanyard',
      }),
    ),
  sealingKey: z
    .string()
    .regex(/^[A-Za-z0-9_-]{43}$/, {
      error:
        'must be 32 random bytes in base64url (43 characters), e.g. from `openssl rand -base64 32 | tr +/ -_ | tr -d =`',
    })
    .optional()
    .meta(
      meta(
        'The key that seals the signing keys at rest, for deployments that hand in secrets by environment.',
        {
          secret: true,
        },
      ),
    ),
  sealingKeyFile: z
    .string()
    .min(1)
    .optional()
    .meta(meta('A file that holds the sealing key. Default: `{keysDir}/sealing.key`.')),
  workers: count(0, 64)
    .default(1)
    .meta(
      meta(
        'Threads that run FHIR searches on SQLite, so that a heavy one never delays a token; 0 runs them in the main thread.',
      ),
    ),
  logLevel: z
    .enum(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'], {
      error: 'must be one of silent, fatal, error, warn, info, debug, trace',
    })
    .default('info')
    .meta(meta('How much is logged, as JSON lines on standard output.')),
  backendTokenSeconds: count(30, 3600)
    .default(300)
    .meta(meta('Lifetime of access tokens for backend services. SMART recommends at most 300.')),
  jwksPrivateHosts: words
    .default([])
    .meta(
      meta(
        'Host names whose JWKS URLs may lie on private addresses, e.g. inside the hospital. In a variable: separated by commas.',
        { example: '["jwks.hospital.internal"]' },
      ),
    ),
  clientsDir: z
    .string()
    .min(1)
    .optional()
    .meta(
      meta(
        'A folder of client files (RFC 7591 metadata, one JSON file a client), applied at each start. Default: `clients` beside the configuration file, if it is there.',
      ),
    ),
  seedPatients: count(0, 100_000)
    .default(100)
    .meta(meta('How many patients the synthetic hospital of demo mode has.')),
  fhirPageSize: count(1, 1000)
    .default(50)
    .meta(meta('Entries on a page of search results when `_count` is absent.')),
  fhirMaxPageSize: count(1, 5000).default(1000).meta(meta('The most entries a page may have.')),
  fhirSharedResources: z
    .enum(['named', 'always'], { error: 'must be "named" or "always"' })
    .default('named')
    .meta(
      meta(
        'Practitioners, organisations, locations and the like to which a visible record refers: seen with a `patient/` scope that names their type (`named`), or without (`always`).',
      ),
    ),
  identifierSystems: z
    .record(z.string().regex(/^[A-Za-z0-9_-]{1,32}$/), z.string().min(1))
    .default({})
    .meta(
      meta(
        'Short names for identifier systems in searches, so that `identifier=MRN|123` finds the full system.',
        {
          fileOnly: true,
          example: '{"MRN": "https://hospital.example.org/fhir/sid/mrn"}',
        },
      ),
    ),
})

/** A setting's name, as in the configuration file. */
export type SettingName = keyof z.infer<typeof settings>

/** The environment variable of a setting: `fhirPageSize` → `LANYARD_FHIR_PAGE_SIZE`. */
export function environmentName(name: string): string {
  return `LANYARD_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** The documentation of a setting, from the schema itself. */
export function settingMeta(name: SettingName): SettingMeta {
  const found = settings.shape[name].meta()
  return {
    description: String(found?.description ?? ''),
    ...(typeof found?.example === 'string' ? { example: found.example } : {}),
    secret: found?.secret === true,
    fileOnly: found?.fileOnly === true,
  }
}
