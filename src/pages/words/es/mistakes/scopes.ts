import type { NotGranted } from '../../../../smart/asked-scopes.ts'

const why: Readonly<Record<NotGranted['reason'], string>> = {
  'not-registered':
    'no todo está registrado para esta aplicación; añádalo al dato scope del registro, o pida menos',
  'too-many-parts':
    'coincide solo en parte con demasiados de los ámbitos registrados; registre el ámbito mismo',
  'not-for-apps': 'es para servicios, que lo obtienen sin usuario (client_credentials)',
  'not-for-role':
    'este usuario no puede ver ninguna historia; un ámbito patient/ necesita un usuario con acceso a un paciente',
  'beyond-role': 'los roles de este usuario no dejan que esta aplicación lo tenga, o no del todo',
  'no-offline-for-client': 'la aplicación no está registrada para refresh_token (grant_types)',
  'offline-instead': 'también se pidió offline_access, y basta un token de renovación',
  'no-openid': 'dice algo del usuario en el id_token, que solo trae openid',
  'no-fhir-user': 'este usuario no tiene recurso FHIR, como un Practitioner o un Patient',
  'no-launch':
    'la petición no nombra ningún lanzamiento; la historia clínica lo entrega a la aplicación, que lo envía',
  'no-context': 'no hay nada de este tipo en el contexto del lanzamiento',
  unticked: 'el usuario no lo permitió',
  malformed: 'no está escrito como un ámbito de SMART (tipo de acceso, tipo de recurso, letras)',
  unknown: 'este servidor no conoce ningún ámbito con ese nombre',
  'unknown-type': 'este servidor no tiene recursos de ese tipo',
  'not-evaluable': 'este servidor no puede comprobar sus condiciones',
  'too-many': 'se pidieron demasiados ámbitos a la vez',
}

/** Por qué no se concedió un ámbito. */
export function scope({ scope, reason }: NotGranted): string {
  return `El ámbito «${scope}» no se concedió: ${why[reason]}.`
}
