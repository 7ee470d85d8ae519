/** Who registered an app and owns it, and what they are asked to do. */
export const owner = {
  title: 'Who registered it',
  facts: { by: 'Registered by', at: 'Registered', last: 'Last changed' },
  origins: {
    command: 'The command line',
    config: 'A file in the clients folder',
    'config-gone': 'A file in the clients folder, which is gone',
    demo: 'The demo',
    console: 'Somebody in this console',
    developer: 'A developer whose account is gone',
  } as Readonly<Record<string, string>>,
  others: 'Their other apps',
  noOthers: 'None',
  columns: { app: 'App', kind: 'Type', status: 'Status', used: 'Last used' },
  ends: {
    title: 'Ends soon',
    caption: 'Credentials that end within 60 days',
    columns: {
      credential: 'Credential',
      end: 'Expires',
      reminded: 'Owner reminded',
      act: 'Action',
    },
    never: 'Not yet',
    remind: 'Remind owner',
    of: (credential: string) => `of ${credential}`,
  },
  remind: {
    heading: (app: string) => `Ask the owner of ${app} to renew a credential?`,
    what: 'What ends',
    credential: 'Credential',
    end: 'Expires',
    owner: 'Owner',
    last: 'Last reminded',
    ask: 'On their pages',
    effect: (owner: string) =>
      `${owner} reads it on “My apps” until the credential is renewed, or they put it aside. Nothing is sent by mail.`,
    noOwner: 'No account owns this app, so nobody would read it here. Write to its contacts.',
    button: 'Remind the owner',
    contacts: 'By mail',
    contactsLead: 'These open in your own mail program. Nothing is noted here.',
    noContacts: 'The app names nobody to write to.',
    write: (address: string) => `Write to ${address}`,
    subject: (app: string) => `A credential of ${app} ends soon`,
    body: (app: string, credential: string, day: string) =>
      `The credential ${credential} of the app ${app} ends on ${day}. Renew it before, so that the app goes on without a pause.`,
  },
}
