/** A new app: which kind, its fields, and a look at all of it. */
export const newApp = {
  title: 'New app',
  which: 'Where does it run?',
  steps: {
    kind: 'Step 1 of 3: which kind. It decides how the app proves who it is.',
    fields: 'Step 2 of 3: names, keys and what it may ask for.',
    review: 'Step 3 of 3: look at all of it. Nothing is registered yet.',
  },
  kinds: {
    browser: {
      title: 'New app in a browser',
      label: 'In a browser',
      hint: 'A page with JavaScript and no server of its own. It has no secret; PKCE protects each launch.',
    },
    server: {
      title: 'New app on a server',
      label: 'On a server',
      hint: 'People open it in a browser, and its server talks to us. It signs, or has a secret.',
    },
    native: {
      title: 'New app on a device',
      label: 'On a telephone or a computer',
      hint: 'Installed from a store. It has no secret; PKCE protects each launch.',
    },
    service: {
      title: 'New backend service',
      label: 'A backend service',
      hint: 'It signs in by itself, with no person present, and signs each request.',
    },
  },
  id: { label: 'Client ID', hint: 'Leave it empty, and we make one.' },
  next: 'Continue',
  cancel: 'Cancel',
  back: 'Back',
  toReview: 'Continue to the review',
  review: (name: string) => `Register ${name}?`,
  soFar: 'What you wrote',
  register: 'Register it',
}

/** Apps that wait for a decision. */
export const registrations = {
  title: 'Registrations',
  lead: 'Apps that developers registered. They get nothing before somebody here lets them in.',
  caption: 'Apps that wait, by name',
  columns: { app: 'App', kind: 'Type', owner: 'Owner', since: 'Since', act: 'Action' },
  review: 'Review',
  none: { heading: 'Nobody waits', advice: 'When a developer registers an app, it is listed here.' },
  heading: (app: string) => `Let ${app} in?`,
  settled: 'This app does not wait any more.',
  facts: 'What its developer says',
  findings: {
    title: 'What to look at',
    everything: 'It asks for every type of data, also for types that are added later.',
    system: 'It reads without a person: all patients that its scopes reach.',
    write: 'It may change or delete data.',
    offline: 'It may go on when people do not use it.',
    http: 'It returns to an address on this machine only: a test version?',
    noPrivacy: 'It names no privacy policy.',
    noOwner: 'It names nobody who answers for it.',
    secret: 'It proves itself by a secret; signing is safer.',
    none: 'Nothing stands out.',
  },
  approve: 'Let it in',
  refuse: 'Refuse it',
  reasonHint: 'Kept in the audit log; say it to the developer too.',
}
