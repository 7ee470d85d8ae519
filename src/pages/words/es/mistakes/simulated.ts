import type { Mistake } from '../../../../launches/authorize-mistakes.ts'
import { type Fault, faults, type simulatedReason } from '../../../../smart/fault.ts'

const said: Readonly<Record<Fault, string>> = {
  'authorize-access-denied':
    'el servidor de autorización respondió access_denied, como si el usuario hubiera dicho que no',
  'authorize-invalid-scope':
    'el servidor de autorización respondió invalid_scope, como si no se pudiera conceder nada',
  'authorize-server-error':
    'el servidor de autorización respondió server_error, como si este servidor hubiera fallado',
  'token-code-expired':
    'el servidor de tokens respondió invalid_grant, como si el código hubiera llegado tarde',
  'token-verifier-wrong':
    'el servidor de tokens respondió invalid_grant, como si code_verifier no correspondiera',
  'token-unavailable': 'el servidor de tokens respondió 503, como si no se pudiera alcanzar este servidor',
  'fhir-unauthorized': 'el servidor FHIR respondió 401, como si el token de acceso hubiera caducado',
  'fhir-forbidden': 'el servidor FHIR respondió 403, como si ningún ámbito cubriera la llamada',
  'fhir-broken': 'el servidor FHIR respondió 500, como si algo hubiera fallado allí',
}

const advice =
  'Hasta aquí la aplicación está bien. Mire qué dice ahora a su usuario, y si puede seguir desde ahí.'

/** Lo que el simulador rompió a propósito. */
export const simulated = Object.fromEntries(
  faults.map((fault) => [`simulated-${fault}`, { mistake: `Error simulado: ${said[fault]}.`, advice }]),
) as Record<ReturnType<typeof simulatedReason>, Mistake>
