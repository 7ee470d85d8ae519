import type { Generated } from 'kysely'

/** Milliseconds since 1970. */
type Milliseconds = number

/** The FHIR resources, what is searched of them, and what they were. */
export type FhirTables = {
  fhir_type: { id: Generated<number>; name: string }
  fhir_param: { id: Generated<number>; type: number; code: string }
  fhir_system: { id: Generated<number>; uri: string }
  fhir_meta: { name: string; value: string }
  resource: {
    rid: Generated<number>
    type: number
    id: string
    version: number
    updated: Milliseconds
    state: 0 | 1 | 2
    body: string | null
  }
  history: {
    rid: number
    type: number | null
    version: number
    updated: Milliseconds
    method: string
    body: string | null
  }
  ix_token: { sp: number; code: string; rid: number; sys: number }
  ix_text: { rid: number; sp: number; norm: string }
  ix_string: { sp: number; norm: string; rid: number; raw: string }
  ix_date: { sp: number; lo: number; hi: number; rid: number }
  ix_ref: { sp: number; target: number; rid: number }
  ix_uri: { sp: number; value: string; rid: number }
  ix_quantity: { sp: number; lo: number; hi: number; rid: number; sys: number; code: string; unit: string }
  ix_pair: {
    sp: number
    a_sys: number
    a_code: string
    b_kind: number
    b_sys: number
    b_code: string
    b_lo: number
    b_hi: number
    rid: number
  }
  compartment: { patient: number; type: number; rid: number }
}
