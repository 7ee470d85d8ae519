/** What an app does. */
export const use = {
  title: 'Use',
  lastUsed: (moment: string) => `Last used: ${moment}`,
  neverUsed: 'Never used',
  tiles: {
    launches: 'Launches',
    people: 'People',
    refused: 'Refused',
    tokens: 'Tokens',
    calls: 'FHIR requests',
  },
  lately: { day: 'Last 24 hours', week: 'Last 7 days' },
  calls: {
    title: 'FHIR requests',
    caption: 'FHIR requests by type',
    columns: ['Data', 'Interaction', 'Requests'] as readonly string[],
    none: 'None in this time.',
  },
  refusals: {
    title: 'Refused',
    caption: 'Refusals by reason',
    columns: ['Reason', 'Times'] as readonly string[],
    none: 'None in this time.',
    audit: 'See them in the audit',
  },
  grants: {
    title: 'Active grants',
    caption: (app: string) => `Active grants of ${app}`,
    columns: {
      person: 'Person',
      patient: 'Patient',
      given: 'Given',
      used: 'Last used',
      ends: 'Ends',
      launch: 'Launch',
      act: 'Action',
    },
    none: 'Nobody allows it anything at the moment.',
    ofService: 'It acts for itself: nobody allows it anything. “End all tokens” below ends what it holds.',
    notUsed: 'Not yet',
    noRecord: 'No record',
    outside: (host: string) => `Somebody at ${host}`,
    noPatient: 'None',
    atSignOut: 'At sign-out',
    unknown: 'Somebody who is gone',
    end: 'End',
    endOf: (person: string, when: string) => `the grant of ${person}, ${when}`,
  },
  grantsLead: (grants: string, sessions: string) => `${grants} in ${sessionsOf(sessions)}`,
  moreThan: (count: string) => `more than ${count}`,
  shown: (count: string, all: string) => `${count} of ${all}`,
  stop: {
    title: 'Stop this app',
    effect: (sessions: string) =>
      `Disabling ends all its tokens at once, in ${sessionsOf(sessions)} too, and refuses new sign-ins. Its settings and its audit trail stay.`,
    effectOfService:
      'Disabling ends all its tokens at once, and refuses new ones. Its settings and its audit trail stay.',
    disable: (app: string) => `Disable ${app}`,
    enable: (app: string) => `Enable ${app}`,
    end: 'End all grants',
    endTokens: 'End all tokens',
    remove: 'Remove it',
  },
  asks: {
    disable: {
      heading: (app: string) => `Disable ${app}?`,
      effect:
        'Its tokens stop working at once, and it can get none until it is enabled again. What it has already copied stays with its makers.',
      button: 'Disable it',
      keep: 'Leave it enabled',
    },
    enable: {
      heading: (app: string) => `Enable ${app}?`,
      effect: 'It may ask for tokens again. Launches that ended stay ended.',
      button: 'Enable it',
      keep: 'Leave it disabled',
    },
    end: {
      heading: (app: string) => `End all grants of ${app}?`,
      effect:
        'All its tokens stop working at once, those of a service too. People are asked again at the next launch. The app stays enabled.',
      button: 'End all grants',
      keep: 'Leave them',
    },
    remove: {
      heading: (app: string) => `Remove ${app}?`,
      effect:
        'This cannot be undone. Its tokens stop working at once, and its registration with its keys is gone. The audit trail stays.',
      button: 'Remove it',
      keep: 'Keep it',
    },
    grant: {
      heading: (app: string, person: string) => `End what ${person} allowed ${app}?`,
      effect: 'The tokens of this launch stop working at once. Other launches go on.',
      button: 'End this grant',
      keep: 'Leave it',
    },
  },
}

function sessionsOf(count: string): string {
  return count === '1' ? 'one session' : `${count} sessions`
}
