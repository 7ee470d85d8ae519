import type { Attributes } from './variables.ts'

/** A person, or a service, whom an outside authorization server vouches for. */
export type Outsider = {
  readonly issuer: string
  readonly subject: string
  /** `Practitioner/7` */
  readonly fhirUser?: string
  readonly groups: readonly string[]
  /** What rules may ask of it: `%user.<name>`. */
  readonly attributes: Attributes
  /** No person: it holds system/ scopes and no others. */
  readonly isService: boolean
}

/** How an outsider is named as the `sub` of a token: never as a user or a client of ours, which have no such character. */
export function subjectOf({ issuer, subject, isService }: Outsider): string {
  return `${isService ? 'client:' : ''}${issuer}|${subject}`
}
