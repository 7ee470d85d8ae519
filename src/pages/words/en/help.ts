/** Help, and what is to be said about the pages themselves. */
export const help = {
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
      'These pages load nothing from other sites. They set cookies only for what you do here: to keep you signed in, to know a device again on which you have signed in before, and to keep the language that you choose.',
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
}
