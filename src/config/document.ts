import { environmentName, type SettingName, settingMeta, settingNames, settings } from './schema.ts'

/** config/README.md: the reference of all settings, from the schema itself. */
export function configReference(): string {
  return [
    '<!-- Generated from src/config: change it there, then run `npx node src/config/generate.ts`. -->',
    introduction,
    '## Settings',
    table(),
    secrets(),
    clientFiles,
    roleFiles,
    userFiles,
    outsideIssuers,
  ]
    .map((part) => part.trim())
    .join('\n\n')
    .concat('\n')
}

const introduction = `
# Configuration
Every setting has a default: \`npm start\` needs none. There are two places to say otherwise:

1. a **file** of JSON, \`config/lanyard.json\`, or the one that the variable \`LANYARD_CONFIG\` names;
2. the **environment**, which wins over the file. The setting \`fooBar\` is the variable \`LANYARD_FOO_BAR\`; an empty
   variable counts as not set. Lists are separated by commas.

Relative paths count from the folder that Lanyard is started in. What is not known is refused, not ignored: a start
with mistakes tells all of them at once and changes nothing. The configuration is read at the start and never
changes while Lanyard runs. \`npx lanyard doctor\` prints every setting as it was resolved, with where it came from.

\`\`\`json
{
  "mode": "production",
  "baseUrl": "https://auth.example.org",
  "databaseUrl": "postgres://lanyard@db.example.org/lanyard",
  "trustProxy": true
}
\`\`\`
`

function table(): string {
  const rows = settingNames.map((name) => {
    const { type, description, example } = settingMeta(name)
    return [
      variables(name),
      type,
      fallback(name),
      example === undefined ? description : `${description} Example: ${code(example)}`,
    ]
  })
  return [['setting', 'type', 'default', 'meaning'], ['---', '---', '---', '---'], ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
}

function variables(name: SettingName): string {
  const second = settingMeta(name).fileOnly ? 'in the file only' : code(environmentName(name))
  return `${code(name)}<br>${second}`
}

function fallback(name: SettingName): string {
  const told = settingMeta(name).fallback
  if (told !== undefined) return told
  const value: unknown = settings.shape[name].parse(undefined)
  if (typeof value === 'boolean') return value ? '`yes`' : '`no`'
  if (typeof value === 'object') return 'none'
  return code(String(value))
}

function secrets(): string {
  const names = settingNames.filter((name) => settingMeta(name).secret).map(code)
  return `
## Secrets
${names.join(' and ')} are secrets: they are never printed (of a database only its place) and never logged.

The sealing key closes the signing keys in the database. It is made at the first start, in \`keys/sealing.key\`,
readable by its owner only; **back it up, apart from the database**. Without it the signing keys cannot be opened,
and with it and the database anybody can sign tokens. In a container, hand it in as a file
(\`LANYARD_SEALING_KEY_FILE\`) or by environment (\`LANYARD_SEALING_KEY\`). All nodes on one database use the same one.
`
}

const clientFiles = `
## Client files
\`clientsDir\` holds apps and services as code: one \`*.json\` file a client, in the shape of RFC 7591 that
\`lanyard client add\` takes too. Each file names its \`client_id\`.

\`\`\`json
{
  "client_id": "nightly-quality-report",
  "client_name": "Nightly quality report",
  "token_endpoint_auth_method": "private_key_jwt",
  "grant_types": ["client_credentials"],
  "jwks_uri": "https://reports.example.org/jwks.json",
  "scope": "system/Observation.rs system/Patient.rs"
}
\`\`\`

At each start of the server:

- a new file adds its client, a changed file changes it; the tokens of a changed client end at once;
- an unchanged file changes nothing, and tokens stay alive;
- a client whose file is gone is disabled, never removed, and enabled again when the file is back;
- a client that a command disabled stays disabled, whatever its file says (\`lanyard client enable\`);
- a client of the same id that was registered in another way is left as it is, and the log says so;
- a mistake in any file stops the start: all mistakes of all files are told at once, and nothing is changed.

Two members of ours set lifetimes: \`access_token_lifetime\`, seconds from 30 to 3600, in place of \`appTokenSeconds\` or
\`backendTokenSeconds\` (at most 300 for a client of \`client_credentials\`, at most \`appTokenSeconds\` for a public one),
and \`max_consent_duration\`, \`"hour"\` or \`"months"\`, the longest that users can allow an app.

Files hold no secrets. A client with \`client_secret_basic\` gets its secret once, from \`lanyard client secret <id>\`.
\`npx lanyard doctor\` says what the next start would do.
`

const roleFiles = `
## Role files
A role says what its users may do with the records. The server has six of its own: \`patient\`, \`proxy\` and
\`clinician\` allow everything within the user's reach (\`patients\`); \`admin\`, \`auditor\` and \`developer\` allow
nothing of the records. Any other is defined by a file of \`rolesDir\`, one \`*.json\` file a role, in the shape that
\`lanyard role add\` takes too.

\`\`\`json
{
  "role": "frontdesk",
  "title": "Front desk",
  "rules": [
    {
      "types": ["Appointment"],
      "letters": "rus",
      "where": ["location=%user.location"],
      "hide": ["comment"],
      "writable": ["status", "participant.status"]
    },
    { "types": ["Location", "Practitioner"], "letters": "rs" }
  ],
  "scopes": "user/*.cruds"
}
\`\`\`

- \`role\`: a small letter, then small letters, digits and \`-\`, at most 50.
- \`rules\`: what is allowed is the union of the rules, each by itself: the letters of one never combine with the
  resources of another. A role without rules allows nothing. All of it lies within the user's reach, and within what
  the scopes of the app open.
  - \`types\`: resource types, or \`["*"]\`.
  - \`letters\`: as in scopes, of create, read, update, delete, search, in this order.
  - \`where\`: conditions that all must hold, written as FHIR searches, literally: \`status=booked\`,
    \`patient.organization=Organization/3\`, \`_has:Appointment:actor:location=%user.location\`. Values may be
    \`%fhirUser\` (\`Practitioner/7\`), \`%patient\` (the patient in context) and \`%user.<attribute>\`; one without a
    value opens nothing.
  - \`hide\`: elements that are not shown, by their paths; \`participant.actor(Patient,RelatedPerson)\` are the references
    to these types only.
  - \`writable\`: the only elements that an update may change. What is created or deleted is not limited by it.
- \`apps\`: the ids of the apps with which the role counts; every app without it.
- \`scopes\`: the most that an app may get for a user with this role.
- \`basic\`: \`"read"\` or \`"write"\`, what HTTP Basic authentication lets users of this role do; nothing without it.

They are applied as client files are, before users. A change counts at the next request, with the tokens that are out;
a role whose file is gone allows nothing. \`lanyard explain\` tells what a user may do, and why, also by
a file that is not stored yet (\`--draft\`); \`lanyard role review\` what it would take from whom. The console has a form
for all of it.
`

const userFiles = `
## User files
\`usersDir\` holds people who sign in as code: one \`*.json\` file a user, in the shape that \`lanyard user add\` takes
too.

\`\`\`json
{
  "username": "marta.lindqvist",
  "display_name": "Marta Lindqvist",
  "roles": ["proxy"],
  "fhir_user": "RelatedPerson/ana-lindqvist-mother",
  "patients": ["ana-lindqvist"],
  "password_hash": "$scrypt$ln=15,r=8,p=3$…"
}
\`\`\`

- \`username\`: letters, digits and \`. _ % + @ -\`, at most 100, whatever their case.
- \`roles\`: the server's own, or roles that a [role file](#role-files) or \`lanyard role add\` defines. One that nobody
  defines is refused here, and allows nothing once its role is removed.
- \`fhir_user\`: the user's own resource, a Patient, Practitioner, RelatedPerson or Person.
- \`patients\`: the records that the user may act for, as ids of patients, or \`"all"\`. Without it: the user's own one if
  \`fhir_user\` is a Patient, all for a clinician and for those whose roles are defined by rules (but not if they are a patient or a proxy too),
  none for anybody else.
- \`attributes\`: what rules may ask of the user, a text or a list of texts each: \`{"location": "Location/12"}\` is
  \`%user.location\`.
- \`password_hash\`: from \`npx lanyard user hash\`. Demo mode takes a \`password\` too, of 12 to 200 characters.

They are applied as client files are, with these differences:

- the password in a file is the first one: it is set when the user has none yet and never again, so that a password
  that was changed stays changed (\`lanyard user password <username>\` sets another);
- a changed file ends no session: what the user may see is asked for at each request;
- a user whose file is gone is disabled: sessions and launches end at once.
`

const outsideIssuers = `
## Outside issuers
\`trustedIssuers\` names authorization servers of others whose access tokens open the FHIR server, and can be exchanged
for tokens of ours (RFC 8693, by clients with the grant type \`urn:ietf:params:oauth:grant-type:token-exchange\`).

\`\`\`json
{
  "trustedIssuers": [
    {
      "issuer": "https://login.hospital.example.org/realms/staff",
      "audience": "https://auth.example.org/fhir",
      "types": ["JWT"],
      "claims": { "groups": "realm_access.roles", "client": "azp" },
      "groupRoles": { "ward-nurses": ["clinician"], "front-desk": ["frontdesk"] }
    }
  ]
}
\`\`\`

| member | default | meaning |
| --- | --- | --- |
| \`issuer\` | | The \`iss\` of its tokens, to the letter. |
| \`discovery\`, \`jwksUri\` | \`{issuer}/.well-known/openid-configuration\` | Where its metadata or its keys stand: https, public addresses unless \`jwksPrivateHosts\` says otherwise. |
| \`secret\` | | For old systems that sign HS256 with a shared secret of 32 bytes or more: \`{"file": "…"}\`, or \`{"variable": "…"}\` for an environment variable. Whoever has it can make tokens. |
| \`audience\` | the FHIR base | The \`aud\` that its tokens must have. |
| \`algorithms\` | \`RS256\`, \`ES256\`; with a secret \`HS256\` | What may sign. Never \`none\`; HS only with a secret, and nothing else then. |
| \`types\` | \`at+jwt\` | The \`typ\` of its access tokens. With \`JWT\`, tokens that have claims of ID tokens are refused. |
| \`clockSkewSeconds\` | 30 | By how much its clock may differ from ours. |
| \`levels\` | \`patient\`, \`user\` | Which scopes count. \`system\` opens all records. |
| \`claims\` | \`scope\`, \`patient\`, \`fhirUser\`, \`groups\`, \`client_id\` | Where it says \`scope\`, \`patient\`, \`fhirUser\`, \`groups\`, \`client\`; \`a.b\` is the member \`b\` of \`a\`. |
| \`fhirUserBase\` | the FHIR base | \`fhirUser\` is a relative reference, or an address below this base; a person of any other server is nobody here. |
| \`roles\`, \`groupRoles\` | none | Roles of all its users, and roles by group. Without a role nothing is allowed; a group that is not here gives none. |
| \`allPatientsRoles\` | \`clinician\` | Roles whose holders may open all records. Others reach their own, if \`fhirUser\` is a Patient. |
| \`attributes\` | none | What rules may ask (\`%user.<name>\`), with the claims in which it stands. |

Its scopes are read by our grammar, and its patient is believed. When it withdraws a key, tokens that were signed with it
end as soon as its key set may not be kept any longer, or within five minutes. A token with \`system/\` scopes and no others is a
service, which needs no role. Rights of our own (\`__introspect\`, \`__launch\`) never count. \`npx lanyard doctor\` says
whether its keys can be had.
`

function code(text: string): string {
  return `\`${text}\``
}
