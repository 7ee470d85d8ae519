import { z } from 'zod'
import { type RoleFile, roleFile } from '../../../users/role-file.ts'
import type { RoleRegister } from '../../../users/roles.ts'
import { documentedBy } from './documented.ts'
import { operation } from './operation.ts'

/** What a decision would be, step by step (fhir/explain). */
export type Explained = {
  allowed: boolean
  sentence: string
  steps: readonly {
    name: string
    title: string
    outcome: 'ok' | 'narrowed' | 'refused'
    lines: readonly string[]
  }[]
}
/** Who asks for what, with which app and scopes. */
export type Question = {
  user?: string | undefined
  client?: string | undefined
  /** Counts as the only role of the user, or of the service. */
  role?: string | undefined
  scope: string
  patient?: string | undefined
  /** Of the answer. */
  lang?: string | undefined
  method: string
  path: string
  /** A role as it may become: the decision is made as if it were stored. */
  draft?: RoleFile
}
export type ExplainOperationDeps = {
  roles: Pick<RoleRegister, 'check'>
  /** @throws LanyardError for a user or client that is not there, and for what is no request */
  explain: (asked: Question) => Promise<Explained>
}

const text = (most: number) => z.string().trim().min(1).max(most)
const question = z.object({
  user: text(100).optional(),
  client: text(100).optional(),
  role: text(100).optional().describe('As if this were the only role of the user, or of the service.'),
  scope: text(4000),
  patient: text(64).optional(),
  lang: z.enum(['en', 'es']).optional().describe('Of the answer.'),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  path: text(2000).describe('Behind the FHIR base, e.g. /Observation?category=laboratory'),
})
const decision = z.object({
  allowed: z.boolean(),
  sentence: z.string(),
  steps: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      outcome: z.enum(['ok', 'narrowed', 'refused']),
      lines: z.array(z.string()),
    }),
  ),
})

/** The question what roles and scopes come to. Nothing is issued or read. */
export function explainOperations({ explain, roles }: ExplainOperationDeps) {
  return {
    explain: operation({
      name: 'explain',
      method: 'get',
      path: '/explain',
      summary: 'Tell step by step whether a request would be allowed, and why. Nothing is issued or read.',
      needs: 'see',
      input: question,
      output: decision,
      run: async (asked) => shown(await explain(asked)),
    }),

    compare: operation({
      name: 'explainDraft',
      method: 'post',
      path: '/explain',
      summary: 'Tell the same with the roles as they are, and as if a draft of one were stored already.',
      needs: 'see',
      input: question.extend({ draft: documentedBy('RoleFile', roleFile) }),
      output: z.object({ now: decision, draft: decision }),
      async run({ draft, ...asked }) {
        const file = roles.check(draft)
        const [now, then] = await Promise.all([explain(asked), explain({ ...asked, draft: file })])
        return { now: shown(now), draft: shown(then) }
      },
    }),
  }
}

function shown({ allowed, sentence, steps }: Explained): z.input<typeof decision> {
  return { allowed, sentence, steps: steps.map((step) => ({ ...step, lines: [...step.lines] })) }
}
