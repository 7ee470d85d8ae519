/** People: how their age and sex are said, and who they are to each other. */
export const people = {
  born: 'Born',
  sex: 'Sex',
  record: 'Record',
  genders: { female: 'Female', male: 'Male', other: 'Other', unknown: 'Not known' },
  unknown: 'Not known',
  died: 'has died',
  signedIn: (name: string) => `You are signed in as ${name}.`,
  signedInAs: (name: string, relation: string) => `You are signed in as ${name}, ${relation}.`,
  notYou: 'Not you?',
  /** The user as the patient calls them, by HL7 v3 RoleCode. */
  relations: {
    MTH: (patient: string) => `${patient}’s mother`,
    FTH: (patient: string) => `${patient}’s father`,
    PRN: (patient: string) => `${patient}’s parent`,
    GUARD: (patient: string) => `${patient}’s guardian`,
    CHILD: (patient: string) => `${patient}’s child`,
    SPS: (patient: string) => `${patient}’s partner`,
  },
  /** The patient as the user calls them, by the same codes. */
  yours: {
    self: (patient: string) => `${patient}, you`,
    MTH: (patient: string) => `${patient}, your child`,
    FTH: (patient: string) => `${patient}, your child`,
    PRN: (patient: string) => `${patient}, your child`,
    GUARD: (patient: string) => `${patient}, in your care`,
    CHILD: (patient: string) => `${patient}, your parent`,
    SPS: (patient: string) => `${patient}, your partner`,
  },
}
