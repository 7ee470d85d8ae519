/** Signing keys. */
export const signingKeys = {
  title: 'Signing keys',
  lead: 'What this server signs tokens with, and what others check them with.',
  old: 'A key has signed for a year: rotate.',
  algorithms: { ES256: 'ES256: access tokens', RS256: 'RS256: ID tokens' },
  columns: { kid: 'Key ID', state: 'State', since: 'Since', created: 'Made', until: 'Then' },
  states: { next: 'Next', current: 'Signs now', previous: 'Previous' },
  rotateBefore: (day: string) => `Rotate before ${day}`,
  publishedUntil: (moment: string) => `Published until ${moment}`,
  waits: 'Waits, published already',
  use: {
    heading: 'Where others find them',
    text: 'All of them are published, so that whoever checks tokens knows a key before it signs and until the last of its tokens is dead.',
  },
  rotate: 'Rotate the keys',
  ask: {
    heading: 'Rotate the signing keys?',
    effect:
      'The next keys sign from now on, on all nodes within seconds, and new ones are made to be next. No token ends: the present keys stay published for two days. It cannot be undone.',
    keep: 'Leave them as they are',
  },
}

/** The configuration, as it was resolved. */
export const settings = {
  title: 'Settings',
  lead: 'How this server is set up. Settings are read from a file and the environment at the start, and do not change while it runs.',
  tabs: { label: 'Settings', configuration: 'Configuration', branding: 'Branding' },
  configuration: 'Configuration file',
  file: 'File',
  noFile: 'None was read',
  values: 'Settings and where they come from',
  columns: { setting: 'Setting', value: 'Value', origin: 'From' },
  hidden: 'Secret, not shown',
  none: 'None',
  origins: { default: 'Default', file: 'File', environment: 'Environment' },
}

/** How the site looks. */
export const branding = {
  title: 'Branding',
  lead: 'Whose server people see on every page. Apps can take over the colour (smart_style_url).',
  look: 'Name and colour',
  fields: {
    name: {
      label: 'Name',
      hint: 'Shown beside “Lanyard” at the top of each page. Left empty, it is the host name, or in the demo the hospital.',
    },
    accent: {
      label: 'Accent colour',
      hint: 'Like `#0b5c6b`. It must be dark enough to be read; the colours of dark pages follow from it. Left empty, it is the teal of these pages.',
    },
    logo: {
      label: 'Picture',
      hint: 'PNG, JPEG, WebP, or an SVG of plain shapes, at most 64 kB. We keep a copy of our own.',
    },
  },
  contrast: (reached: string, instead: string) =>
    `Choose a darker colour: in this one text reaches a contrast of ${reached} to 1, and needs 4.5 to 1. ${instead} would do`,
  stale: 'Somebody else changed the branding meanwhile. Look at it and choose again',
  logoAlt: 'The logo of this site',
  noLogo: 'There is none: people see the mark of Lanyard.',
}
