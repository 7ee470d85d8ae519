import type { AuditEvent } from '../../audit/audit.ts'
import type { Interaction } from '../../smart/letters.ts'

export type Coding = { system: string; code: string; display?: string }
/** What happened, in the codes of FHIR and DICOM. */
export type Codes = { type: Coding; subtype: readonly Coding[]; action: 'C' | 'R' | 'U' | 'D' | 'E' }

const dcm = (code: string, display: string): Coding => ({
  system: 'http://dicom.nema.org/resources/ontology/DCM',
  code,
  display,
})
const rest: Coding = { system: 'http://terminology.hl7.org/CodeSystem/audit-event-type', code: 'rest' }
const interactionOf = (code: string): Coding => ({ system: 'http://hl7.org/fhir/restful-interaction', code })
const iti = (code: string): Coding => ({ system: 'urn:ihe:event-type-code', code })
/** The word of our own register for what happened, which is finer than the codes of others. */
const own = (code: string): Coding => ({ system: 'urn:lanyard:audit-event', code })

const authentication = dcm('110114', 'User Authentication')
const securityAlert = dcm('110113', 'Security Alert')
const login = dcm('110122', 'Login')
const logout = dcm('110123', 'Logout')
const configuration = dcm('110129', 'Security Configuration')
const permissions = dcm('110135', 'Object Security Attributes Changed')
const userAttributes = dcm('110137', 'User Security Attributes Changed')

/** BALP: a search is executed, everything else by its letter (AUD-02). */
const actions: Readonly<Partial<Record<Interaction, Codes['action']>>> = {
  create: 'C',
  read: 'R',
  vread: 'R',
  'history-instance': 'R',
  update: 'U',
  patch: 'U',
  delete: 'D',
}

const about = (
  type: Coding,
  subtype: Coding | undefined,
  action: Codes['action'],
): Omit<Codes, 'subtype'> & {
  subtype: Coding | undefined
} => ({ type, subtype, action })

/** AUD-07: IHE IUA has codes for what is done with tokens (ITI-71, ITI-102); the rest is DICOM's. */
const others: Readonly<Record<Exclude<AuditEvent, `fhir.${string}`>, ReturnType<typeof about>>> = {
  'token.issue': about(authentication, iti('ITI-71'), 'E'),
  'token.refresh': about(authentication, iti('ITI-71'), 'E'),
  'token.introspect': about(authentication, iti('ITI-102'), 'E'),
  'token.revoke': about(authentication, undefined, 'D'),
  'client.authenticate': about(authentication, undefined, 'E'),
  'client.add': about(securityAlert, configuration, 'C'),
  'client.update': about(securityAlert, configuration, 'U'),
  'client.secret': about(securityAlert, configuration, 'U'),
  'client.disable': about(securityAlert, configuration, 'U'),
  'client.enable': about(securityAlert, configuration, 'U'),
  'client.refuse': about(securityAlert, configuration, 'U'),
  'client.logo': about(securityAlert, configuration, 'U'),
  'client.end': about(securityAlert, permissions, 'D'),
  'client.remove': about(securityAlert, configuration, 'D'),
  'client.fetch': about(securityAlert, configuration, 'E'),
  'client.remind': about(securityAlert, configuration, 'C'),
  'client.dismiss': about(securityAlert, configuration, 'D'),
  'role.add': about(securityAlert, configuration, 'C'),
  'role.update': about(securityAlert, configuration, 'U'),
  'role.disable': about(securityAlert, configuration, 'U'),
  'role.enable': about(securityAlert, configuration, 'U'),
  'role.remove': about(securityAlert, configuration, 'D'),
  'user.add': about(securityAlert, userAttributes, 'C'),
  'user.update': about(securityAlert, userAttributes, 'U'),
  'user.password': about(securityAlert, userAttributes, 'U'),
  'user.unlock': about(securityAlert, userAttributes, 'U'),
  'user.link': about(securityAlert, userAttributes, 'U'),
  'user.disable': about(securityAlert, userAttributes, 'U'),
  'user.enable': about(securityAlert, userAttributes, 'U'),
  'user.remove': about(securityAlert, userAttributes, 'D'),
  'user.sign-in': about(authentication, login, 'E'),
  'user.sign-out': about(authentication, logout, 'E'),
  'session.end': about(authentication, logout, 'E'),
  'launch.create': about(authentication, undefined, 'C'),
  'launch.authorize': about(authentication, undefined, 'E'),
  'flight.share': about(dcm('110106', 'Export'), undefined, 'R'),
  'flight.unshare': about(securityAlert, permissions, 'D'),
  'consent.allow': about(securityAlert, permissions, 'C'),
  'consent.deny': about(securityAlert, permissions, 'E'),
  'grant.narrow': about(securityAlert, permissions, 'U'),
  'grant.revoke': about(securityAlert, permissions, 'D'),
  'api-key.add': about(securityAlert, configuration, 'C'),
  'api-key.revoke': about(securityAlert, configuration, 'D'),
  'keys.make': about(securityAlert, configuration, 'C'),
  'keys.rotate': about(securityAlert, configuration, 'U'),
  'export.start': about(dcm('110106', 'Export'), interactionOf('operation'), 'E'),
  'export.complete': about(dcm('110106', 'Export'), undefined, 'R'),
  'export.fail': about(dcm('110106', 'Export'), undefined, 'R'),
  'export.fetch': about(dcm('110106', 'Export'), undefined, 'R'),
  'export.cancel': about(dcm('110106', 'Export'), undefined, 'D'),
  'export.expire': about(dcm('110106', 'Export'), undefined, 'D'),
  'data.export': about(dcm('110106', 'Export'), undefined, 'R'),
  'data.import': about(dcm('110107', 'Import'), undefined, 'C'),
  'data.seed': about(dcm('110107', 'Import'), undefined, 'C'),
  'audit.trim': about(dcm('110101', 'Audit Log Used'), undefined, 'D'),
  'audit.verify': about(dcm('110101', 'Audit Log Used'), undefined, 'R'),
  'audit.export': about(dcm('110101', 'Audit Log Used'), undefined, 'R'),
  'audit.search': about(dcm('110101', 'Audit Log Used'), undefined, 'R'),
  'audit.read': about(dcm('110101', 'Audit Log Used'), undefined, 'R'),
  'flight.read': about(dcm('110101', 'Audit Log Used'), undefined, 'R'),
  'simulator.search': about(dcm('110112', 'Query'), undefined, 'E'),
  'branding.update': about(securityAlert, configuration, 'U'),
  'branding.logo': about(securityAlert, configuration, 'U'),
}

const answered: Readonly<Record<string, string>> = {
  'fhir.read': 'read',
  'fhir.vread': 'vread',
  'fhir.search': 'search-type',
  'fhir.create': 'create',
  'fhir.update': 'update',
  'fhir.patch': 'patch',
  'fhir.delete': 'delete',
  'fhir.history': 'history-instance',
  'fhir.operation': 'operation',
}

/** All events but refusals, which are of the interaction that was refused. */
export const events: readonly string[] = [...Object.keys(answered), ...Object.keys(others)]

/**
 * @param interaction of a refused FHIR request, as far as it was understood
 */
export function codesOf(event: string, interaction?: string): Codes {
  if (event.startsWith('fhir.')) {
    const code = answered[event] ?? interaction
    const subtype = code === undefined ? [] : [interactionOf(code)]
    return { type: rest, subtype: [...subtype, own(event)], action: actions[code as Interaction] ?? 'E' }
  }
  // A word of a later version is shown as what it says.
  const known = others[event as keyof typeof others] ?? about(securityAlert, undefined, 'E')
  const subtype = known.subtype === undefined ? [] : [known.subtype]
  return { ...known, subtype: [...subtype, own(event)] }
}
