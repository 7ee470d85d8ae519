import { z } from 'zod'
import { NO_PLAIN_LINE, plainLine } from '../lib/plain-line.ts'
import { builtInRoles, roleName } from '../smart/policy.ts'
import { attributeName } from '../smart/variables.ts'
import { passwordHash, passwordProblem } from './passwords.ts'

/** Most entries of a list of patients. */
const PATIENTS = 500

/** Roles of one user, attributes, and values of one attribute. */
const ROLES = 20
const ATTRIBUTES = 50
const VALUES = 100

/** In lower case; e-mail addresses are names too. */
export const usernamePattern = /^[a-z0-9][a-z0-9._%+@-]{0,99}$/

/** A name as it is stored and looked up: people do not mind its case, nor a space at its end. */
export function usernameOf(typed: string): string {
  return typed.trim().toLowerCase()
}

/** FHIR R4 §2.24.0.1: what an id may be. */
const patientId = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be the id of a patient, without "Patient/"')

const attributeValue = z.string().min(1).max(200).regex(plainLine, NO_PLAIN_LINE)

/** A user as a file says it, for the command line, the configuration folder and the admin API. */
export const userFile = z
  .strictObject({
    username: z
      .string()
      .transform(usernameOf)
      .pipe(
        z
          .string()
          .regex(
            usernamePattern,
            'must begin with a letter or digit; letters, digits and . _ % + @ - may follow',
          )
          // Nobody could look at them in the console.
          .refine((name) => name !== 'new', 'must be another than "new", the page for a new user'),
      ),
    display_name: z.string().trim().min(1).max(200).regex(plainLine, NO_PLAIN_LINE),
    /** In clear text; `password_hash` is the same as `lanyard user hash` prints it. */
    password: z
      .string()
      .superRefine((value, context) => {
        const problem = passwordProblem(value)
        if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
      })
      .optional(),
    password_hash: z.string().regex(passwordHash, 'must come from `lanyard user hash`').optional(),
    roles: z
      .array(z.string().regex(roleName, 'must be the name of a role, e.g. "clinician"'))
      .min(1, 'must hold at least one role')
      .max(ROLES),
    fhir_user: z
      .string()
      .regex(
        /^(?:Patient|Practitioner|RelatedPerson|Person)\/[A-Za-z0-9.-]{1,64}$/,
        'must be a Patient, Practitioner, RelatedPerson or Person, e.g. "Practitioner/7"',
      )
      .optional(),
    patients: z
      .union([z.literal('all'), z.array(patientId).max(PATIENTS)], {
        error: 'must be "all" or a list of ids of patients',
      })
      .optional(),
    /** What rules of roles may ask of the user: `location` is `%user.location`. */
    attributes: z
      .record(
        z.string().regex(attributeName, 'must be a name of letters, digits, _ and -'),
        z.union([attributeValue, z.array(attributeValue).max(VALUES)], {
          error: 'must be a text or a list of texts',
        }),
      )
      .refine((attributes) => Object.keys(attributes).length <= ATTRIBUTES, 'must be fewer')
      .default({}),
  })
  .refine(({ password, password_hash }) => password === undefined || password_hash === undefined, {
    path: ['password'],
    message: 'and password_hash exclude each other: give one of them',
  })
  .transform((file) => ({ ...file, patients: file.patients ?? usualPatients(file) }))

export type UserFile = z.infer<typeof userFile>

/**
 * Whose records a user may act for if nobody says: the own one, and all for those who treat anybody, and for those
 * whose roles say by rules what they see.
 */
function usualPatients(file: { fhir_user?: string | undefined; roles: readonly string[] }): 'all' | string[] {
  const [type, id] = file.fhir_user?.split('/') ?? []
  if (type === 'Patient' && id !== undefined) return [id]
  const has = (role: string) => file.roles.includes(role)
  const isRuled = file.roles.some((role) => !builtInRoles.some((own) => own === role))
  return has('clinician') || (isRuled && !has('patient') && !has('proxy')) ? 'all' : []
}
