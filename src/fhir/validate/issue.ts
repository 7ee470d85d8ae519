import { LanyardError } from '../../lib/errors.ts'

/** What is wrong with a resource, and where. */
export type Issue = {
  severity: 'error'
  code: 'structure' | 'required' | 'value' | 'invariant' | 'invalid' | 'not-found'
  diagnostics: string
  /** The element, as FHIRPath. */
  expression: [string]
}

/** A resource that is not valid R4, or 422 that is not valid here: told with all its issues, up to a limit. */
export class InvalidResource extends LanyardError {
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[], status: 400 | 422 = 400) {
    const [first] = issues
    super('invalid-request', first?.diagnostics ?? 'The resource is not valid.', {
      reason: status === 400 ? 'resource-invalid' : 'reference-dangling',
      status,
    })
    this.issues = issues
  }
}
