import { categories, kinds } from './en-kinds.ts'
import { type About, kind } from './kind.ts'

/** What consent pages say about scopes. Another language is another object of this type. */
export type ConsentWords = typeof en

export const en = {
  lang: 'en',
  kinds,
  categories,
  /** A kind without words of its own, by its name in plain letters: "Appointment response". */
  otherKind: (name: string) => kind(name, 'Entries of this kind.', 'entry', 'entries'),
  whoYouAre: {
    title: 'Who you are',
    hint: (about: About) => {
      switch (about.who) {
        case 'self':
          return 'Your name, and that this is your own record.'
        case 'named':
          return `Your name, and who you are to ${about.name}.`
        default:
          return 'Your name, and who you are here.'
      }
    },
  },
  /** Scopes for every kind; `only` where nothing else is on the page. */
  everything: {
    patient: { only: 'Everything in the record', rest: 'Everything else in the record' },
    user: { only: 'Everything that you may see', rest: 'Everything else that you may see' },
    /** AUTHZ-15 */
    later: 'Also covers kinds of records that are added later.',
    noun: { one: 'entry', other: 'entries' },
  },
  /** `user/` scopes: of the patients, or of what belongs to no patient. */
  ofEveryone: (title: string) => `${title} of the patients you may see`,
  ofNobody: (title: string) => `${title}, as far as you may see them`,
  /** A scope with a filter that has no words of its own. */
  inPart: (title: string) => `${title}, in part`,
  matching: (filters: string) => `Only entries with ${filters}.`,
  narrow: 'You can narrow this to the kinds below.',
  add: {
    note: 'Add only',
    hint: (app: string) => `${app} can add entries. This does not let it change or delete any.`,
  },
  change: {
    note: 'Change only',
    hint: (app: string) =>
      `${app} can change entries that are there. This does not let it add or delete any.`,
  },
  addAndChange: (app: string) => `${app} can add entries, and change those that are there.`,
  delete: (app: string) => `${app} can delete entries from the record.`,
  addVitalSigns: {
    title: 'Home blood-pressure readings',
    hint: 'Adds readings such as those taken at home. It cannot change or delete what the care team wrote.',
  },
}
