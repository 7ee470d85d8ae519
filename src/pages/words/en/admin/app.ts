/** One app: its head, and its settings. */
export const app = {
  title: (tab: string, app: string) => `${tab} of ${app}`,
  tabs: { settings: 'Settings', credentials: 'Credentials', access: 'Access', use: 'Use' },
  configured: 'This app comes from a file in the clients folder. Change the file, and restart the server.',
  panels: { seen: 'What people see', runs: 'Where it runs', service: 'Who answers for it' },
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
  ended: (name: string) => `Ended. ${name} has no tokens any more; people are asked again.`,
  grantEnded: (name: string) => `Ended. What ${name} got from that launch is dead.`,
  fetched: (name: string) => `The keys of ${name} were fetched.`,
  notFetched: (name: string) => `The keys of ${name} could not be fetched.`,
}

/** What is wrong with a field, by how the register says it: the fix, not the rule. */
export const mistakes = [
  { starts: 'is not an absolute URI', say: 'Write the whole address, with https:// in front' },
  { starts: 'must begin with https://', say: 'Start the address with https://' },
  { starts: 'must have no fragment', say: 'Leave out the # and what follows it' },
  { starts: 'must have no wildcard', say: 'Leave out the *: addresses are compared letter for letter' },
  { starts: 'must have no white space', say: 'Leave out spaces and backslashes' },
  { starts: 'must have no user name', say: 'Leave out the user name and the password' },
  { starts: 'must have "//"', say: 'Write two slashes and a host after the scheme' },
  { starts: 'is not an origin', say: 'Write only scheme and host, like https://app.example.org' },
  { starts: 'uses a private scheme', say: 'Only an app on a device may have a scheme of its own' },
  {
    starts: 'must use a scheme named after',
    say: 'Name the scheme after a domain of yours, like org.example.app:/done',
  },
  { starts: 'must not use the scheme', say: 'Start the address with https://' },
  { starts: 'must hold at least one address', say: 'Give at least one address' },
  { starts: 'must have no control characters', say: 'Leave out line breaks' },
  { starts: 'is taken', say: 'Choose another one: it is taken' },
  { starts: 'Too small', say: 'Fill this in' },
  { starts: 'Invalid input: expected string, received undefined', say: 'Fill this in' },
  { starts: 'Too big', say: 'Use fewer characters' },
  { starts: 'must be 1 to 100', say: 'Use letters, digits and . _ ~ - only, at most 100' },
  { starts: 'must be a PNG', say: 'Choose a PNG, JPEG or WebP picture' },
  { starts: 'must be at most', say: 'Choose a smaller file' },
  { starts: 'holds no key for RS384', say: 'Give a key for RS384 (RSA) or ES384 (EC P-384)' },
  { starts: 'private_key_jwt needs', say: 'Give the address of its keys, the keys, or a certificate' },
  { starts: 'has two keys with the same kid', say: 'Give each key a key ID of its own' },
  {
    starts: 'holds the private member',
    say: 'This is a private key, and no secret any more. Make a new pair, and give the public part only',
  },
  {
    starts: 'is not a certificate in PEM form',
    say: 'Choose a certificate in PEM or DER form, with an RSA key or one on P-384',
  },
]
