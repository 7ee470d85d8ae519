import { z } from 'zod'
import { rangeProblem } from '../lib/address-range.ts'
import { NO_PLAIN_LINE, plainLine } from '../lib/plain-line.ts'

/** A key by which a system or a script calls without tokens, for a user or for a client. */
export type ApiKey = {
  /** Names it in lists, logs and the audit; no secret. */
  id: string
  name: string
  owner: KeyOwner
  /** Which of its owner's roles count; of a client that has none, roles that narrow what the key opens. */
  roles: readonly string[]
  scope: string
  /** From where it may be used; empty for everywhere. */
  addresses: readonly string[]
  /** Milliseconds. */
  created: number
  expires: number
  revoked: number | undefined
  /** When it was used last, to the minute. */
  used: number | undefined
}

/** Whose rights it has a part of. A client's id may be given away again, so its key holds when that one was made. */
export type KeyOwner =
  | { readonly kind: 'user'; readonly id: string }
  | { readonly kind: 'client'; readonly id: string; readonly since: number }

/** How a key begins, so that scanners for lost secrets can tell it. */
export const KEY_PREFIX = 'lak_'

/** Days that a key is good for if nobody says, and at most. */
export const keyDays = { usual: 365, most: 3650 }

/** A new key as it is asked for: by the command line and the admin API. */
export const newApiKey = z
  .strictObject({
    name: z.string().trim().min(1).max(100).regex(plainLine, NO_PLAIN_LINE),
    /** The owner: a user, by username, or a client. */
    user: z.string().min(1).max(100).optional(),
    client_id: z.string().min(1).max(100).optional(),
    /** Of its owner's; all of a user's roles at this moment if absent, and of a client's whenever it is used. */
    roles: z.array(z.string().min(1).max(100)).min(1).max(50).optional(),
    scope: z.string().min(1).max(20_000),
    addresses: z
      .array(
        z
          .string()
          .max(50)
          .superRefine((range, context) => {
            const problem = rangeProblem(range)
            if (problem !== undefined) context.addIssue({ code: 'custom', message: `"${range}" ${problem}` })
          }),
      )
      .max(50)
      .default([]),
    expires_in_days: z.int().min(1).max(keyDays.most).default(keyDays.usual),
  })
  .refine(({ user, client_id }) => (user === undefined) !== (client_id === undefined), {
    path: ['user'],
    message: 'or client_id must say whose key it is, one of the two',
  })

export type NewApiKey = z.infer<typeof newApiKey>
