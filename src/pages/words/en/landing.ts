/** The start page. */
export const landing = {
  title: 'Lanyard',
  heading: 'A badge for every app that opens a health record',
  lead: 'Lanyard is an authorization server with a FHIR server behind it. People decide what an app may see, the app gets a token that says so, and every request is held to it. SMART App Launch 2.2 on FHIR R4.',
  calm: 'This server decides which apps may open the health records kept here, and holds every request to that. SMART on FHIR, with FHIR R4.',
  glance: {
    title: 'Launch an app',
    lead: 'Glance is a small SMART app that this server brings along. It shows what a person shared with it, and what it was refused.',
    alone: 'Try the demo app',
    ehr: 'Open it from the chart',
    people: 'Sign in as one of these. The password is `lanyard-demo`.',
    who: [
      { name: 'patient', note: 'Anders, who opens his own record' },
      { name: 'parent', note: 'Marta, who chooses one of her children' },
      {
        name: 'clinician',
        note: 'Dr Haddad, who searches all patients, and from whose screen the chart opens the app',
      },
    ],
    account: 'See and withdraw what apps may do',
  },
  ways: {
    title: 'Where to go from here',
    app: {
      name: 'Try the demo app',
      note: 'Sign in as a patient, a parent or a clinician, and decide what it sees.',
    },
    account: { name: 'Your apps', note: 'See and withdraw what apps may do with your record.' },
    console: {
      name: 'Open the console',
      note: 'For admins: apps, people, rights, and why something was refused.',
    },
    consoleDemo: {
      name: 'Open the console',
      note: 'As `admin`: apps, people, rights, and why something was refused.',
    },
    developers: {
      name: 'Read the developer pages',
      note: 'Code for your kind of app, an API explorer, and tools.',
    },
  },
  addresses: 'Addresses',
  // `what` follows "Copy", for those who hear the button.
  fhir: { label: 'FHIR server', what: 'FHIR server address' },
  issuer: { label: 'Issuer', what: 'issuer' },
  token: { label: 'Token endpoint', what: 'token endpoint' },
  smart: { label: 'Discovery', what: 'discovery address' },
  lookInside: 'Look inside',
  documents: {
    capability: { name: 'CapabilityStatement', note: 'What the FHIR server can do' },
    oauth: { name: 'OAuth metadata', note: 'Discovery for OAuth libraries' },
    keys: { name: 'Public keys', note: 'What tokens are signed with' },
    ready: { name: 'Health', note: 'Whether it may get traffic' },
    metrics: { name: 'Metrics', note: 'Counters for Prometheus' },
  },
  firstToken: {
    title: 'Your first token',
    link: 'Get a first token',
    answer: 'Answer',
    lead: 'Run these in the project folder while this server runs. The demo has a backend service with a key of its own.',
    get: {
      title: 'Get a token',
      text: 'Signs an assertion with the key of `demo-backend` and trades it for a token that may read everything.',
      caption: 'Terminal',
      what: 'the command that gets a token',
    },
    read: {
      title: 'Read two patients',
      text: 'All of them are made up.',
      caption: 'Terminal',
      what: 'the command that reads patients',
    },
    refuse: {
      title: 'Ask with a smaller badge',
      text: 'A token for patients only does not open lab results, and the answer says why.',
      caption: 'Terminal',
      what: 'the commands that are refused',
      answer: {
        status: '403 Forbidden',
        text: 'This token opens nothing of type Observation; a scope such as "system/Observation.s" would.',
      },
    },
  },
  works: {
    title: 'What works today, and what comes next',
    feature: 'Feature',
    state: 'State',
    short: 'In short',
    ready: 'Ready',
    next: 'Next',
    rows: [
      {
        name: 'Tokens for backend services',
        ready: true,
        short: 'Signed assertions with RS384 or ES384, keys given inline or by URL',
      },
      {
        name: 'Fine scopes',
        ready: true,
        short: 'Such as `system/Observation.rs?category=laboratory`, and the older `system/*.read`',
      },
      {
        name: 'FHIR read and search',
        ready: true,
        short: 'Chains, includes and totals too never show more than the token opens',
      },
      {
        name: 'Introspection and revocation',
        ready: true,
        short: 'A token that is revoked stops at once',
      },
      { name: 'Keys, audit, metrics', ready: true, short: 'Signing keys rotate without a restart' },
      {
        name: 'Launching apps',
        ready: true,
        short: 'From the chart and standalone, with sign-in and consent',
      },
      { name: 'Account pages', ready: true, short: 'See, narrow and withdraw what apps may do' },
      {
        name: 'Writing to FHIR',
        ready: true,
        short: 'Create, update, patch and delete under the same rules',
      },
      {
        name: 'Roles and rules',
        ready: true,
        short: 'Who sees which rows and which elements, with a page that explains each decision',
      },
      { name: 'Bulk export', ready: true, short: 'Of the system, of patients and of groups' },
      {
        name: 'Other ways in',
        ready: true,
        short: 'API keys, passwords, and tokens of other authorization servers',
      },
      {
        name: 'Console and developer pages',
        ready: true,
        short: 'Register apps, launch them on trial, and see why something was refused',
      },
      {
        name: 'A second factor, and signing in elsewhere',
        ready: false,
        short: 'Passkeys, codes, other providers',
      },
    ],
  },
}
