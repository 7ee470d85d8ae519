import type { Path } from '../definitions/types.ts'
import { addPath, type Plan } from './plan.ts'
import { createReferenceEmitters, type Home } from './reference.ts'
import type { IndexRow } from './rows.ts'

/** What decides who sees a Binary (ENF-25) and what R4 has no search parameter for; stored like one, never searched. */
export const SECURITY_CONTEXT = 'securityContext'
export const ATTACHMENT = 'attachment'

/** Where documents name the Binaries that hold their content. */
const attachments: Readonly<Record<string, readonly string[]>> = {
  DiagnosticReport: ['presentedForm', 'url'],
  DocumentReference: ['content', 'attachment', 'url'],
  Media: ['content', 'url'],
}

/** The types that can point at a Binary so that who sees them sees it. */
export const pointingTypes: readonly string[] = Object.keys(attachments)

/** The names under which a type's links from and to Binaries are stored. */
export function binaryLinkCodes(type: string): readonly string[] {
  if (type === 'Binary') return [SECURITY_CONTEXT]
  return Object.hasOwn(attachments, type) ? [ATTACHMENT] : []
}

/** Adds these links to what is extracted from resources of a type. */
export function addBinaryLinks(plan: Plan<IndexRow>, type: string, home: Home): void {
  if (type === 'Binary') {
    const { emitReference } = createReferenceEmitters(home)
    addPath(plan, pathOf(['securityContext']), (value, rows) => emitReference(value, SECURITY_CONTEXT, rows))
  }
  const steps = Object.hasOwn(attachments, type) ? attachments[type] : undefined
  if (steps === undefined) return
  const { emitUriReference } = createReferenceEmitters(home, 'Binary')
  addPath(plan, pathOf(steps), (value, rows) => {
    // Content elsewhere is not ours to guard.
    emitUriReference(value, ATTACHMENT, { push: (row) => row.kind === 'reference' && rows.push(row) })
  })
}

function pathOf(names: readonly string[]): Path {
  return { steps: names.map((name) => ({ name })), datatype: 'url' }
}
