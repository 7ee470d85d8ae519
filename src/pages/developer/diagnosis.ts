import type { Words } from '../words/en.ts'

/** A step of the examination, as oidc/assertion-doctor.ts names it. */
export type Step = keyof Words['developer']['assertion']['steps']

/** What the doctor found. */
export type Diagnosis = {
  header: Readonly<Record<string, unknown>> | undefined
  claims: Readonly<Record<string, unknown>> | undefined
  checks: readonly { step: Step; outcome: 'passed' | 'failed' | 'skipped'; sentence?: string }[]
  /** What one that is right would say, as far as that is known. */
  right?: { clientId: string | undefined; kid: string | undefined; alg: string }
}
