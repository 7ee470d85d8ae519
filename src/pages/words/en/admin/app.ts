/** One app: its head, and its settings. */
export const app = {
  title: (tab: string, app: string) => `${tab} of ${app}`,
  tabs: { settings: 'Settings', credentials: 'Credentials', access: 'Access', use: 'Use' },
  tryIt: 'Try a launch',
  configured: 'This app comes from a file in the clients folder. Change the file, and restart the server.',
  panels: { seen: 'What people see', is: 'What it is', runs: 'Where it runs', service: 'Who answers for it' },
  /** Of a backend service, which asks nobody. */
  serviceName: { label: 'Name', hint: 'Shown in this console and in the audit.' },
  fields: {
    client_name: { label: 'Name', hint: 'Shown on the consent page.' },
    owner: { label: 'Publisher', hint: 'The person or department that answers for it.' },
    client_uri: { label: 'Web page', hint: '' },
    policy_uri: { label: 'Privacy policy', hint: '' },
    tos_uri: { label: 'Terms of use', hint: '' },
    contacts: { label: 'Contacts', hint: 'One on each line: mail addresses or telephone numbers.' },
    launch_uris: {
      label: 'Launch addresses',
      hint: 'Opened from the chart, with `iss` and `launch` added. One on each line.',
    },
    redirect_uris: {
      label: 'Return addresses',
      hint: 'One on each line. Compared letter for letter; no wildcards.',
    },
    post_logout_redirect_uris: { label: 'Addresses after sign-out', hint: 'One on each line.' },
    allowed_origins: {
      label: 'Browser origins',
      hint: 'From which a browser may call this server, e.g. `https://app.example.org`. One on each line.',
    },
    responsible_user: { label: 'Responsible user', hint: 'A username; the audit names it beside the app.' },
  },
  verified: {
    label: 'We have checked this app',
    hint: 'People see “Verified” and its logo. Without it they are told that nobody here has looked at it.',
  },
  logo: {
    title: 'Logo',
    label: 'Picture',
    hint: 'PNG, JPEG or WebP, at most 64 kB. We keep a copy of our own.',
    present: 'This copy is shown to people once the app is verified.',
    none: 'There is none: people see the first letter of the name.',
    button: 'Use this picture',
    remove: 'Remove the logo',
    missing: 'Choose a picture first',
    picture: 'A picture',
    nothing: 'None',
  },
}

/** What a form has done. */
export const done = {
  saved: (name: string) => `Saved. ${name} works like this from now on.`,
  added: (name: string) => `${name} is registered.`,
  enabled: (name: string) => `${name} is enabled.`,
  disabled: (name: string) => `${name} is disabled. Its tokens are dead.`,
  refused: (name: string) => `${name} was refused.`,
  removed: (name: string) => `${name} is removed. Its tokens are dead.`,
  changed: (name: string) => `Done: ${name}. It counts from now on.`,
  ended: (name: string) => `Ended. ${name} has no tokens any more; people are asked again.`,
  grantEnded: (name: string) => `Ended. What ${name} got from that launch is dead.`,
  reminded: (name: string) => `The owner of ${name} is asked to renew it.`,
  fetched: (name: string) => `The keys of ${name} were fetched.`,
  notFetched: (name: string) => `The keys of ${name} could not be fetched.`,
  branded: (_name: string) => 'Saved. Every page looks like this from now on.',
  rotated: (_name: string) => 'Rotated. The keys that were next sign from now on.',
  rotatedBefore: (_name: string) => 'Somebody else has just rotated the keys. Yours was not done too.',
}

/** What is wrong with a field, by how the register says it: the fix, not the rule. */
export const mistakes: Readonly<Record<string, string>> = {
  'is not an absolute URI': 'Write the whole address, with https:// in front',
  'must begin with https://': 'Start the address with https://',
  'must have no fragment': 'Leave out the # and what follows it',
  'must have no wildcard': 'Leave out the *: addresses are compared letter for letter',
  'must have no white space': 'Leave out spaces and backslashes',
  'must have no user name': 'Leave out the user name and the password',
  'must have "//"': 'Write two slashes and a host after the scheme',
  'is not an origin': 'Write only scheme and host, like https://app.example.org',
  'uses a private scheme': 'Only an app on a device may have a scheme of its own',
  'must use a scheme named after': 'Name the scheme after a domain of yours, like org.example.app:/done',
  'must not use the scheme': 'Start the address with https://',
  'must hold at least one address': 'Give at least one address',
  'must have no control characters': 'Leave out line breaks',
  'is taken': 'Choose another one: it is taken',
  'Too small': 'Fill this in',
  'Invalid input: expected string, received undefined': 'Fill this in',
  'Too big': 'Use fewer characters',
  'must be 1 to 100': 'Use letters, digits and . _ ~ - only, at most 100',
  'must be a PNG': 'Choose a PNG, JPEG or WebP picture',
  'must be a drawing of plain shapes': 'Choose a drawing of plain shapes, without styles, scripts or links',
  'must be a colour': 'Write it as # and six digits or letters, like #0b5c6b',
  'must be a date like': 'Write a date like 2026-03-01, or a time like 2026-03-01T12:00 in UTC',
  'must be a day that': 'Write a day that there is',
  'must be at most': 'Choose a smaller file',
  'holds no key for RS384': 'Give a key for RS384 (RSA) or ES384 (EC P-384)',
  'private_key_jwt needs': 'Give the address of its keys, the keys, or a certificate',
  'has two keys with the same kid': 'Give each key a key ID of its own',
  'holds the private member':
    'This is a private key, and no secret any more. Make a new pair, and give the public part only',
  'is not a certificate in PEM form':
    'Choose a certificate in PEM or DER form, with an RSA key or one on P-384',
  'must be a selection': 'Tick at least one thing that may be done',
}
