import { LanyardError } from '../../lib/errors.ts'

/** What is wrong with a resource, and where. */
export type Issue = {
  severity: 'error'
  code: 'structure' | 'required' | 'value' | 'invariant' | 'invalid'
  diagnostics: string
  /** The element, as FHIRPath. */
  expression: [string]
}

/** A resource that is not valid R4: told with all its issues, up to a limit. */
export class InvalidResource extends LanyardError {
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[]) {
    const [first] = issues
    super('invalid-request', first?.diagnostics ?? 'The resource is not valid.', {
      reason: 'resource-invalid',
    })
    this.issues = issues
  }
}
