import { z } from 'zod'
import { trustedIssuers } from './trusted-issuers.ts'
import { count, dictionary, file, flag, folder, list, oneOf, pattern, publicUrl, text } from './types.ts'

/** What a setting's documentation needs beside its type. */
export type SettingMeta = {
  description: string
  /** What it is when nobody says, where that is not a constant. */
  fallback?: string
  example?: string
  /** Never printed. */
  secret?: boolean
  /** Has no environment variable. */
  fileOnly?: boolean
}

const meta = (description: string, more: Omit<SettingMeta, 'description'> = {}): SettingMeta => ({
  description,
  ...more,
})

/**
 * Every setting of Lanyard, with its documentation: config/README.md is generated from this object.
 * A setting `fooBar` is written `fooBar` in the file and `LANYARD_FOO_BAR` in the environment.
 */
export const settings = z.strictObject({
  mode: oneOf('demo', 'production')
    .default('demo')
    .meta(
      meta(
        '`demo` fills an empty database with a synthetic hospital and demo apps and listens on loopback only; `production` starts empty and needs `baseUrl`.',
      ),
    ),
  port: count(0, 65535).default(3000).meta(meta('The TCP port to listen on; 0 takes a free one.')),
  host: text('a name or an address of this machine')
    .default('127.0.0.1')
    .meta(
      meta(
        'The address to listen on. Demo mode refuses anything but loopback unless `demoExposed` is set too.',
      ),
    ),
  baseUrl: publicUrl.optional().meta(
    meta(
      'The public address of this server, as browsers and apps see it. It is the OAuth issuer; the FHIR base is `{baseUrl}/fhir`. Production mode needs it, with https unless it is loopback.',
      {
        fallback: '`http://localhost:{port}`',
        example: 'https://auth.example.org',
      },
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
  dataDir: folder.default('./data').meta(meta('The folder of the SQLite database and of exports.')),
  keysDir: folder
    .default('./keys')
    .meta(meta('The folder of the sealing key, made there at the first start when none is given.')),
  databaseUrl: pattern('"postgres://…" or "sqlite:" with a file', /^(?:postgres(?:ql)?:\/\/|sqlite:)./)
    .optional()
    .meta(
      meta('The database: PostgreSQL, or a SQLite file.', {
        fallback: '`sqlite:{dataDir}/lanyard.sqlite`',
        secret: true,
        example: 'postgres://lanyard:secret@db.example.org/lanyard',
      }),
    ),
  sealingKey: pattern(
    '32 random bytes in base64url (43 characters), e.g. from `openssl rand -base64 32 | tr +/ -_ | tr -d =`',
    /^[A-Za-z0-9_-]{43}$/,
  )
    .optional()
    .meta(
      meta(
        'The key that seals the signing keys at rest, for deployments that hand in secrets by environment.',
        { fallback: 'read from `sealingKeyFile`', secret: true },
      ),
    ),
  sealingKeyFile: file
    .optional()
    .meta(meta('A file that holds the sealing key.', { fallback: '`{keysDir}/sealing.key`' })),
  workers: count(0, 64)
    .default(1)
    .meta(
      meta(
        'Threads that run FHIR searches on SQLite, so that a heavy one never delays a token; 0 runs them in the main thread.',
      ),
    ),
  logLevel: oneOf('silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace')
    .default('info')
    .meta(
      meta(
        'How much is logged, as JSON lines on standard output. Reads that succeeded are told at `debug` only.',
      ),
    ),
  backendTokenSeconds: count(30, 3600)
    .default(300)
    .meta(
      meta(
        'Lifetime of access tokens for backend services, in seconds. SMART recommends at most 300. A client may have its own (`access_token_lifetime`).',
      ),
    ),
  launchMinutes: count(1, 10).default(5).meta(meta('How long an EHR launch waits for its app, in minutes.')),
  flightDays: count(1, 90)
    .default(7)
    .meta(meta('How long the record of how a launch went is kept, in days (`lanyard flight list`).')),
  simulatorMinutes: count(0, 1440)
    .default(60)
    .meta(
      meta(
        'How long the console keeps what the FHIR server answered in launches of its simulator, in minutes. 0 keeps none of it.',
      ),
    ),
  auditDays: count(0, 36_500)
    .default(0)
    .meta(
      meta(
        'How long the audit is kept, in days; whole days (UTC) are removed from its old end. 0 keeps it for ever.',
      ),
    ),
  appTokenSeconds: count(60, 3600)
    .default(3600)
    .meta(
      meta(
        'Lifetime of access tokens for apps that a user launched, in seconds. A client may have its own (`access_token_lifetime`).',
      ),
    ),
  frameAncestors: list('origins')
    .default([])
    .meta(
      meta('Origins of EHRs that may show the sign-in pages in a frame. Needs https.', {
        example: '["https://ehr.example.org"]',
      }),
    ),
  basicAuthentication: flag
    .optional()
    .meta(
      meta(
        'Let users call the FHIR server with username and password (HTTP Basic), as far as their roles say `basic`.',
        { fallback: '`yes` in demo mode, `no` in production' },
      ),
    ),
  noAuthentication: flag
    .default(false)
    .meta(
      meta(
        'For debugging only: a FHIR request without credentials may do everything. Refused in production mode and wherever anybody but this machine could ask.',
      ),
    ),
  trustedIssuers: trustedIssuers.default([]).meta(
    meta('Outside authorization servers whose access tokens open the FHIR server.', {
      fileOnly: true,
      example: '[{"issuer": "https://login.hospital.example.org", "audience": "https://fhir.example.org"}]',
    }),
  ),
  jwksPrivateHosts: list('host names')
    .default([])
    .meta(
      meta(
        'Hosts whose JWKS URLs (of clients and of outside issuers) may lie on private addresses, e.g. inside the hospital.',
        {
          example: '["jwks.hospital.internal"]',
        },
      ),
    ),
  clientsDir: folder.optional().meta(
    meta('A folder of client files, applied at each start (see [Client files](#client-files)).', {
      fallback:
        '`clients` beside the configuration file (`config/clients` without one), if there is such a folder',
    }),
  ),
  rolesDir: folder.optional().meta(
    meta('A folder of role files, applied at each start before users (see [Role files](#role-files)).', {
      fallback:
        '`roles` beside the configuration file (`config/roles` without one), if there is such a folder',
    }),
  ),
  usersDir: folder.optional().meta(
    meta('A folder of user files, applied at each start (see [User files](#user-files)).', {
      fallback:
        '`users` beside the configuration file (`config/users` without one), if there is such a folder',
    }),
  ),
  seedPatients: count(0, 100_000)
    .default(100)
    .meta(meta('How many patients the synthetic hospital of demo mode has.')),
  fhirPageSize: count(1, 1000)
    .default(50)
    .meta(meta('Entries on a page of search results when `_count` is absent.')),
  fhirMaxPageSize: count(1, 5000).default(1000).meta(meta('The most entries a page may have.')),
  fhirUpdateCreate: flag
    .default(false)
    .meta(
      meta(
        'Let a FHIR update (PUT) give a resource an id that is not there yet. Whoever may do so can find out which ids are taken.',
      ),
    ),
  fhirReferences: oneOf('off', 'existing')
    .default('off')
    .meta(
      meta(
        'Whether a reference that a client writes must name something: `existing` refuses one to a resource of this server that is not there, or that the writer may not see, with 422. Imports are not held to it.',
      ),
    ),
  fhirDelete: oneOf('allow', 'unreferenced', 'refuse')
    .default('allow')
    .meta(
      meta(
        'What clients may delete: anything their scopes allow (`allow`), only what no other resource refers to by an element that can be searched (`unreferenced`, else 409), or nothing (`refuse`, 405).',
      ),
    ),
  fhirKeepTypes: list('resource types')
    .default([])
    .meta(meta('Types that clients never delete (405).', { example: '["Patient", "Consent"]' })),
  fhirBinaryMegabytes: count(1, 64)
    .default(16)
    .meta(meta('How much a Binary may hold that is sent as what it is, in MB.')),
  fhirEverything: oneOf('whole', 'granted')
    .default('whole')
    .meta(
      meta(
        'What `$everything` answers to a token that does not open the whole record: 403 with the `_type` list that it does open (`whole`), or what it does open (`granted`).',
      ),
    ),
  fhirSharedResources: oneOf('named', 'always')
    .default('named')
    .meta(
      meta(
        'Practitioners, organisations, locations and the like to which a visible record refers: seen with a `patient/` scope that names their type (`named`), or without (`always`).',
      ),
    ),
  exportHours: count(1, 720)
    .default(24)
    .meta(
      meta(
        'How long the files of a finished bulk export are kept, in hours. They lie in `{dataDir}/exports`, which several nodes must share.',
      ),
    ),
  exportsPerClient: count(1, 1000)
    .default(5)
    .meta(
      meta(
        'Bulk exports that a client may have at one time, finished ones that it has not deleted included.',
      ),
    ),
  identifierSystems: dictionary(
    'an object of short names (letters, digits, _ and -, at most 32) and systems',
    /^[A-Za-z0-9_-]{1,32}$/,
  )
    .default({})
    .meta(
      meta(
        'Short names for identifier systems in searches, so that `identifier=MRN|123` finds the full system.',
        { fileOnly: true, example: '{"MRN": "https://hospital.example.org/fhir/sid/mrn"}' },
      ),
    ),
})

/** A setting's name, as in the configuration file. */
export type SettingName = keyof z.infer<typeof settings>

export const settingNames = Object.keys(settings.shape) as SettingName[]

/** The environment variable of a setting: `fhirPageSize` → `LANYARD_FHIR_PAGE_SIZE`. */
export function environmentName(name: string): string {
  return `LANYARD_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** The documentation of a setting, from the schema itself; `type` is its type in words. */
export function settingMeta(name: SettingName): SettingMeta & { type: string } {
  const schema = settings.shape[name]
  return {
    // Every setting above was given one by `meta`; zod's own type does not know its members.
    ...(schema.meta() as unknown as SettingMeta),
    type: String(schema.unwrap().meta()?.type),
  }
}
