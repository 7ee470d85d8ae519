/** Choosing the patient, the visit or whatever else an app is to open with. */
export const choose = {
  choose: 'Choose',
  cancel: 'Cancel and return to the app',
  audited: 'Opening a record is written to the audit log.',
  more: 'There are more. Only the first ones are shown.',
  /** Of a table: what was found, and what it lists when nobody searched. */
  patient: {
    title: 'Choose a patient',
    opens: 'opens with the patient you choose',
    search: {
      label: 'Name, birth date or record number',
      hint: 'The beginning of a name, a date such as 2014-03-14, or a whole record number.',
      button: 'Search',
    },
    narrow: 'There are more. Write more of the name, or search by record number.',
    match: (count: number, q: string) =>
      count === 1 ? `1 patient matches “${q}”` : `${count} patients match “${q}”`,
    first: (count: number, q: string) => `The first ${count} patients that match “${q}”`,
    all: 'Patients whose record you may open',
    recent: 'Recent patients',
    columns: { name: 'Name', born: 'Birth date', sex: 'Sex', record: 'Identifier' },
    who: (name: string, born: string) => `${name}, born ${born}`,
    empty: {
      title: (page: string) => `No match: ${page}`,
      heading: (q: string) => `No patient matches “${q}”`,
      advice: 'Check the spelling, try fewer letters, or search by birth date or record number alone.',
      clear: 'Clear search',
    },
    none: {
      heading: 'There is no record that you may open here',
      advice: 'Whoever runs this server can tell you why.',
    },
  },
  encounter: {
    title: 'Choose a visit',
    opens: 'opens with the visit you choose',
    caption: 'Visits, newest first',
    columns: { kind: 'Visit', when: 'When', where: 'Where', state: 'State' },
    states: {
      planned: 'Planned',
      arrived: 'Arrived',
      triaged: 'Arrived',
      'in-progress': 'Going on',
      onleave: 'On leave',
      finished: 'Finished',
      cancelled: 'Cancelled',
      'entered-in-error': 'Entered by mistake',
      unknown: 'Not known',
    },
    unknownKind: 'Visit',
    without: 'Go on without a visit',
    none: { heading: 'No visit is recorded', advice: 'The app can open without one.' },
  },
  context: {
    title: (app: string) => `Choose what ${app} opens with`,
    opens: 'opens with what you choose',
    caption: 'What there is in this record',
    columns: { what: 'What', detail: 'More about it' },
    without: 'Go on without any',
    none: { heading: 'There is nothing to choose from', advice: 'The app can open without it.' },
  },
}
