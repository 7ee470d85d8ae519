/** Every sentence of the pages, in English. Another language is another object of this type. */
export type Words = typeof en

/** What a page says about an error: `sentence` where the error's own would say too little or too much. */
export type ErrorWords = { heading: string; sentence?: string; advice: readonly string[] }

// Rich text has no markup but `code` between backticks (partials/prose.ejs).
export const en = {
  lang: 'en',
  product: 'Lanyard',
  skip: 'Skip to main content',
  copy: 'Copy',
  copied: 'Copied',
  /** The title of a window. */
  title: (page: string, site: string) => `${page} - ${site}`,
  demo: {
    label: 'Demo mode',
    banner: 'Demo mode: synthetic data, public passwords',
    site: 'Alder Valley Hospital',
  },
  landing: {
    title: 'Lanyard',
    heading: 'A badge for every app that opens a health record',
    lead: 'Lanyard decides what an app may see, gives it a token that says so, and holds every request to that token. SMART App Launch 2.2 on FHIR R4.',
    calm: 'This server decides which apps may open the health records kept here, and holds every request to that. SMART on FHIR, with FHIR R4.',
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
          ready: false,
          short: 'From the chart and standalone, with sign-in and consent',
        },
        { name: 'Writing to FHIR', ready: false, short: 'Create, update and delete under the same rules' },
        { name: 'Account and admin pages', ready: false, short: 'See, allow and withdraw what apps may do' },
      ],
    },
  },
  launchLater: {
    sentence:
      'This version gives tokens to backend services only. Opening apps with a person signed in follows in a later version.',
  },
  error: {
    whatYouCanDo: 'What you can do',
    reference: 'Reference to quote',
    copyReference: 'reference',
    details: 'Technical details',
    code: 'Code',
    reason: 'OAuth error',
    status: 'Status',
    home: 'Go to the start page',
    /** By the reason of the error, before its code is looked at. */
    byReason: {
      'launch-not-offered': {
        heading: 'Apps cannot be opened here yet',
        advice: [
          'If an app sent you here, close this page. Nothing was shared.',
          'If you make the app, start with a backend service: the start page has the addresses.',
        ],
      },
    } as Record<string, ErrorWords>,
    byCode: {
      'not-found': {
        heading: 'There is nothing at this address',
        sentence: 'The address may be incomplete, or what was here has moved.',
        advice: [
          'Check the address for a typing mistake.',
          'If a link brought you here, tell whoever keeps the page with that link.',
        ],
      },
      'method-not-allowed': { heading: 'This address does not work that way', advice: [] },
      unauthenticated: { heading: 'You are not signed in', advice: ['Go back and sign in again.'] },
      forbidden: { heading: 'This is not open to you', advice: [] },
      gone: { heading: 'This is no longer here', advice: ['Go back and start again.'] },
      misdirected: { heading: 'This is not the address of this server', advice: [] },
      'too-many': { heading: 'Too many tries', advice: ['Wait a little, then try again.'] },
      unavailable: {
        heading: 'This server cannot answer at the moment',
        advice: ['Wait a little, then try again.'],
      },
    } as Record<string, ErrorWords>,
    /** For the rest: what the caller caused, and what we caused. */
    theirs: {
      heading: 'This request cannot be understood',
      advice: ['Go back to where you began, and try again from there.'],
    } as ErrorWords,
    ours: {
      heading: 'Something went wrong on our side',
      sentence: 'It is not your doing, and we have a record of it.',
      advice: ['Try again in a moment.', 'If it lasts, quote the reference to whoever runs this server.'],
    } as ErrorWords,
    /** For callers that do not read pages. */
    plain: {
      notFound: (fhirBase: string) =>
        `There is nothing at this address. The FHIR server is at ${fhirBase}; ${fhirBase}/.well-known/smart-configuration lists the other addresses.`,
      methodNotAllowed: (allow: string) => `This address takes ${allow} only.`,
      notUnderstood: 'The request cannot be understood.',
      internal: 'Something went wrong on our side. Try again; if it lasts, quote the reference.',
    },
  },
  help: {
    link: 'Help',
    title: 'Help',
    lead: 'What to do when something does not work, and how these pages are made.',
    app: {
      title: 'An app sent you here',
      sentences: [
        'An app can read a health record only with a token from this server. When something goes wrong on the way, this server stops and shares nothing.',
        'Each error page has a reference. Quote it to the organisation that runs this server: it leads to what happened.',
      ],
    },
    developer: {
      title: 'You make an app',
      sentences: [
        'The start page has the addresses. Everything else an app needs to know is in the discovery document.',
        'Every refusal says what was wrong and what to do. Send an `X-Request-Id` of your own to find a request again: it comes back in the answer.',
      ],
    },
    operator: {
      title: 'You run this server',
      sentences: [
        '`npx lanyard doctor` checks the configuration, the database and the keys, and says what to do.',
        'The reference of an error page is the `requestId` of the log and of the audit trail.',
      ],
    },
    privacy: {
      link: 'Privacy',
      title: 'What these pages keep',
      sentences: [
        'These pages set no cookies and load nothing from other sites.',
        'Each request leaves a line in the log of this server: when, what kind of request, how it was answered, and its reference. What apps do with health records is written to an audit trail.',
      ],
    },
    accessibility: {
      link: 'Accessibility',
      title: 'For everybody',
      sentences: [
        'These pages are made to WCAG 2.2, level AA. They work with the keyboard alone, on a screen of 320 pixels, in light and dark, and without JavaScript.',
      ],
    },
  },
}
