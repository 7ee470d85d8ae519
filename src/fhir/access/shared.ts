/**
 * Types in no one's record that records refer to. With a patient/ scope they are seen only where a visible
 * resource of the patient's record refers to them, one step away (ENF-04). Types that are neither in a record nor
 * here (Group, Task, Binary, terminology …) cannot be reached with patient/ scopes at all.
 */
export const sharedTypes: ReadonlySet<string> = new Set([
  'Endpoint',
  'HealthcareService',
  'Location',
  'Medication',
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Questionnaire',
  'Substance',
])
