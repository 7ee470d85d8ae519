/** The page on which a developer begins. */
export const developerStart = {
  heading: (site: string) => `Build an app on ${site}`,
  lead: 'SMART App Launch 2.2 on FHIR R4. Register, try it on made-up patients, then ask for approval.',
  addresses: 'Addresses',
  steps: 'Start here',
  register: {
    title: 'Register an app',
    text: 'Takes a minute. A hospital looks at it before people use it.',
  },
  registerDemo: { title: 'Register an app', text: 'Takes a minute. In the demo it works at once.' },
  explore: {
    title: 'Try the API',
    text: 'Sign in and read, search and write, with the command line of each call.',
  },
  check: { title: 'Check what you send', text: 'Scopes, tokens and assertions, each told point by point.' },
  kinds: {
    heading: 'Which kind of app is it?',
    lead: 'The values of this server are filled in. Put your own client_id in the place of `your-client-id`.',
    label: 'Kind of app',
    browser: 'Browser',
    server: 'Has a server',
    'server-key': 'Has a server, with a key',
    native: 'Phone',
    backend: 'Backend, no person',
  },
  notes: {
    browser: [
      'Use PKCE and a fresh `state`. Ask only for what the first screen needs; people see each item in plain words.',
      'This is a whole app: put it into a page at the registered address.',
    ],
    server: [
      'The same way for the person; your server trades the code, and proves itself with its secret by HTTP Basic.',
      'Ask for `offline_access` only if the app works while nobody looks at it.',
    ],
    'server-key': [
      'In place of a secret, every token request carries a new assertion, signed RS384 or ES384.',
      'Register the public key by its address (`jwks_uri`), so that you can rotate it yourself.',
    ],
    native: [
      'The system browser signs the person in, never a web view. Register with `application_type` `native`.',
      'These two are outlines; what they send is what the browser app sends.',
    ],
    backend: [
      'No person, no browser: an assertion buys a token of five minutes. Scopes begin with `system/`.',
      'When a token request is refused, the assertion doctor under Tools tells everything that is wrong at once.',
    ],
  },
  /** The steps of a quick start; `caption` names the piece of code beside it. */
  walk: {
    sign: {
      title: 'Sign an assertion',
      text: 'It says who you are, which address it is for, and until when. Each one is used once.',
      caption: 'Assertion',
    },
    ask: {
      title: 'Send the person here',
      text: 'They sign in and decide. Keep `state` and the verifier in their session: both are new for each launch.',
      caption: 'Authorize',
    },
    trade: {
      title: 'Trade the code for a token',
      text: 'They come back with a code. It works once, and only with the verifier of the same launch.',
      caption: 'Token',
    },
    present: {
      title: 'Trade it for a token',
      text: 'The token is good for five minutes. Then sign a new assertion and ask again.',
      caption: 'Token',
    },
    read: {
      title: 'Read with the token',
      text: 'The answer beside the token names the patient that was chosen.',
      caption: 'FHIR',
    },
    search: {
      title: 'Read with the token',
      text: 'It opens what its scopes say, and nothing else.',
      caption: 'FHIR',
    },
  },
  whole: (language: string) => `The whole code, ${language}`,
  outline: 'outline',
  code: (language: string) => `the ${language} code`,
  features: {
    heading: 'What works here',
    statement: 'CapabilityStatement',
    feature: 'Feature',
    state: 'State',
    short: 'In short',
    ready: 'Ready',
    rows: [
      {
        name: 'Launch from the chart and standalone',
        short: 'Patient and visit in context, banner, style',
      },
      {
        name: 'Fine scopes',
        short: 'By kind of record and by category, enforced on every path',
      },
      { name: 'Backend services', short: 'ES384 and RS384, tokens of five minutes' },
      { name: 'Read, search and write', short: 'All types of R4, transactions, history, $everything' },
      { name: 'Bulk export', short: 'System, patients and groups, as NDJSON' },
    ],
  },
  scopes: 'Scopes that work here',
  scopesLead: 'Any R4 type and any letters of `cruds` work; these are the ones that discovery lists.',
  capabilities: 'SMART capabilities',
}
