/** What a page says about an error: `sentence` where the error's own would say too little or too much. */
export type ErrorWords = { heading: string; sentence?: string; advice: readonly string[] }

const openAgain = [
  'Open the app again from its own start page.',
  'If it happens again, tell the app’s makers, with the reference below.',
]
const unknownApp = {
  heading: 'This app could not be opened',
  sentence: 'An app that is not registered here sent you. We stopped, so nothing was shared.',
  advice: openAgain,
}

/** What went wrong, and what a person can do about it. */
export const error = {
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
    'database-away': {
      heading: 'This server cannot answer at the moment',
      sentence:
        'Our database did not answer. If you were changing something, look whether it was changed before you do it again.',
      advice: ['Wait a little, then try again.'],
    },
    // Of oidc-provider: a client_id that we do not have.
    invalid_client: unknownApp,
    'client-unknown': unknownApp,
    'client-waiting': {
      heading: 'This app is not open yet',
      sentence:
        'It waits until whoever runs this server has looked at it. We stopped, so nothing was shared.',
      advice: [
        'Open it again when it has been let in.',
        'If you develop it, its page under “My apps” says how it stands.',
      ],
    },
    'redirect-mismatch': {
      heading: 'This app could not be opened',
      sentence:
        'The app asked us to send you back to an address that it has not registered with us. We stopped, so nothing was shared.',
      advice: openAgain,
    },
    'launch-other-user': {
      heading: 'This app was opened for somebody else',
      advice: ['Go back and sign in as the person who opened it, or open the app again yourself.'],
    },
    'sign-in-expired': {
      heading: 'This page has closed',
      sentence: 'It was open for too long, or you have answered it already. Nothing more was shared.',
      advice: ['Open the app again from its own start page.'],
    },
    'no-admin': {
      heading: 'This is for admins and auditors',
      sentence: 'Your account has neither role, so the console stays closed. Nothing was changed.',
      advice: [
        'Ask an admin of this server for the role.',
        'If you have another account, sign out and use that one.',
      ],
    },
    'no-developer': {
      heading: 'This is for the developers of apps',
      sentence:
        'Your account has no developer role, so no app can be registered with it. Nothing was changed.',
      advice: [
        'Ask an admin of this server for the role.',
        'The other developer pages are open to everybody.',
      ],
    },
    'no-own-app': {
      heading: 'You have no such app',
      sentence: 'It was removed, or somebody else registered it.',
      advice: ['Go back to your apps.', 'If you have another account, sign out and use that one.'],
    },
    'too-many-apps': {
      heading: 'You have as many apps as one may have',
      advice: ['Remove one that you do not need, then try again.', 'Or ask an admin to register it.'],
    },
    'read-only': {
      heading: 'You may look, and change nothing',
      sentence: 'Your role is auditor. Nothing was changed.',
      advice: ['Ask an admin of this server to make the change.'],
    },
    stale: {
      heading: 'Somebody else changed this meanwhile',
      sentence: 'What you did was meant for an older state, so nothing was changed.',
      advice: ['Go back, load the page again, and see what is there now.'],
    },
    configured: {
      heading: 'This is kept in a file',
      sentence:
        'It comes from the configuration folder, and the next start of the server would change it back.',
      advice: ['Change the file, and restart the server.'],
    },
    'last-admin': {
      heading: 'Nobody could open the console any more',
      sentence: 'This is the last admin who can sign in. Nothing was changed.',
      advice: ['Make somebody else an admin first.'],
    },
    csrf: {
      heading: 'We could not tell that this came from you',
      sentence: 'The form was older than your sign-in, or another site sent it. Nothing was changed.',
      advice: [
        'Go back, load the page again, and answer it once more.',
        'See that your browser accepts cookies.',
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
}
