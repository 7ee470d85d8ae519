import { z } from 'zod'
import { NO_PLAIN_LINE, plainLine } from '../lib/plain-line.ts'
import { lettersInOrder } from '../smart/letters.ts'
import { builtInRoles, roleName } from '../smart/policy.ts'

/** Most entries of a list, rules of a role, and characters of a text. */
const LIST = 100
const RULES = 50
const TEXT = 2000

const ROLE_NAME =
  'must begin with a small letter; small letters, digits and - may follow, 50 characters at most'

const text = (most: number) => z.string().trim().min(1).max(most).regex(plainLine, NO_PLAIN_LINE)

/** A path of elements: `participant.actor`, or of references to some types only: `participant.actor(Patient)`. */
const path = z
  .string()
  .regex(
    /^[a-z][A-Za-z0-9]*(?:\.[a-z][A-Za-z0-9]*){0,9}(?:\([A-Za-z]+(?:,[A-Za-z]+)*\))?$/,
    'must be a path of elements such as "participant.actor" or "participant.actor(Patient)"',
  )

const plainPath = path.regex(/^[^(]*$/, 'must be a path of elements, whatever they refer to')

const rule = z.strictObject({
  /** Resource types, or `["*"]`. */
  types: z.array(text(64)).min(1).max(LIST),
  /** As in scopes: a selection of `cruds`, in that order. */
  letters: z
    .string()
    .refine(lettersInOrder, 'must be a selection of the letters c, r, u, d, s in that order'),
  where: z.array(text(TEXT)).max(LIST).default([]),
  hide: z.array(path).max(LIST).default([]),
  writable: z.array(plainPath).min(1).max(LIST).optional(),
})

/** Names that say something else: in the console, "new" is the page for a new one. */
const taken = [...builtInRoles, 'new']

/** A role as a file says it, for the command line, the configuration folder and the admin API. */
export const roleFile = z.strictObject({
  role: z
    .string()
    .regex(roleName, ROLE_NAME)
    .refine((name) => !taken.some((own) => own === name), {
      error: `must be none of the server's own: ${taken.join(', ')}`,
    }),
  title: text(200),
  description: text(TEXT).optional(),
  rules: z.array(rule).max(RULES),
  /** Ids of the apps with which the role counts, or `["*"]`. */
  apps: z.array(text(100)).min(1).max(LIST).default(['*']),
  /** The most that an app may get for a user of this role. */
  scopes: z.string().max(20_000).optional(),
  /** What HTTP Basic lets its users do; nothing without it. */
  basic: z.enum(['read', 'write'], 'must be "read" or "write"').optional(),
})

export type RoleFile = z.infer<typeof roleFile>
