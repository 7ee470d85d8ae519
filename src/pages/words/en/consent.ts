/** Asking a person what an app may do. */
export const consent = {
  title: (app: string, patient: string) => `${app} asks to use ${patient}’s record`,
  heading: (app: string, patient: string) => `${app} asks to use ${patient}’s health record`,
  /** Where the patient is the person who is asked. */
  own: {
    title: (app: string) => `${app} asks to use your record`,
    heading: (app: string) => `${app} asks to use your health record`,
  },
  /** Without a patient in context. */
  general: (app: string) => `${app} asks for your permission`,
  onlyNew: (app: string) =>
    `You allowed ${app} some things before. It asks for more now: here is only what is new.`,
  box: 'The app and the patient',
  appBox: 'The app',
  verifiedBy: (site: string) => `Verified by ${site}`,
  by: (publisher: string, since: string) => `By ${publisher}, registered here since ${since}.`,
  byNobody: (since: string) => `Registered here since ${since}.`,
  /** Of apps that nobody has checked: what they say of themselves. */
  claims: {
    publisher: (ago: string, publisher: string) =>
      `Registered here ${ago}. It says that it is by ${publisher}.`,
    noPrivacy: (ago: string, publisher: string) =>
      `Registered here ${ago}. It says that it is by ${publisher}, and gave no privacy policy.`,
    noPublisher: (ago: string) => `Registered here ${ago}. It gave no publisher.`,
    nothing: (ago: string) => `Registered here ${ago}. It gave no publisher and no privacy policy.`,
  },
  privacy: 'Privacy policy',
  warning: {
    notChecked: (site: string) => `${site} has not checked this app.`,
    onlyIf: 'Allow it only if you came from {host!} and know who runs it.',
  },
  groups: { see: 'See', change: 'Add and change', delete: 'Delete' },
  always: 'Always included',
  sensitive: 'Sensitive',
  broad: 'Very broad',
  parts: (line: string) => `Kinds of: ${line}`,
  entries: (count: number) => (count === 1 ? '1 entry' : `${count} entries`),
  duration: {
    title: 'For how long',
    until: (time: string, day: string) => `${time}, until ${day}`,
    longest: 'The longest we allow for an app that is not verified.',
    offline: 'Also when you are not using the app',
    offlineHint: (app: string) =>
      `${app} can read the record in the background, for example to send reminders, until the date above.`,
    offlineAlways: (app: string) =>
      `${app} can read the record in the background, for example to send reminders, until you withdraw it.`,
  },
  technical: {
    client: 'Client',
    public: '(public, PKCE)',
    confidential: '(confidential)',
    returnsTo: 'Returns to',
    scopes: 'Scopes',
    notGranted: 'Left out',
  },
  deny: 'Don’t allow',
  allow: 'Allow',
  eitherWay: 'Either way you return to {host!}.',
  later: 'You can withdraw this at any time in {apps!}.',
}
