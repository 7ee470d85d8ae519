import { z } from 'zod'

/** A FHIR id (R4 §2.24.0.1). */
const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be a bare FHIR id, such as "123"')
const text = z.string().min(1).max(2000)
const reference = z
  .string()
  .max(200)
  .regex(/^[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/, 'must be a relative reference, such as "ImagingStudy/789"')
const uri = text.regex(/^[a-z][a-z0-9+.-]*:\S+$/i, 'must be an absolute URI')

/** CTX-03, CTX-04, CTX-05: a thing in context that is not simply the patient or the encounter. */
const contextItem = z
  .strictObject({
    reference: reference.optional(),
    canonical: text.regex(/^https?:\/\/\S+$/, 'must be an http(s) URL').optional(),
    identifier: z.looseObject({ system: text.optional(), value: text.optional() }).optional(),
    type: z
      .string()
      .regex(/^[A-Z][A-Za-z]{1,60}$/)
      .optional(),
    role: z.union([z.literal('launch'), uri]).optional(),
  })
  .superRefine((item, context) => {
    const { reference, canonical, identifier, role = 'launch' } = item
    if (reference === undefined && canonical === undefined && identifier === undefined) {
      context.addIssue({ code: 'custom', message: 'needs a reference, a canonical or an identifier' })
    }
    const type = item.type ?? reference?.split('/')[0]
    if (role === 'launch' && (type === 'Patient' || type === 'Encounter')) {
      context.addIssue({
        code: 'custom',
        message: `a ${type} needs a role of its own here; the one in context is "${type.toLowerCase()}"`,
      })
    }
  })

/**
 * What an app is launched about (SMART App Launch 2.2, launch context): top-level members of the token response,
 * of introspection, and of every refresh.
 */
export const launchContext = z.strictObject({
  patient: id.optional(),
  encounter: id.optional(),
  fhirContext: z.array(contextItem).min(1).max(50).optional(),
  intent: text.optional(),
  need_patient_banner: z.boolean().optional(),
  smart_style_url: text.regex(/^https?:\/\/\S+$/, 'must be an absolute URL').optional(),
  tenant: text.optional(),
  appContext: text.optional(),
})

export type LaunchContext = z.infer<typeof launchContext>
