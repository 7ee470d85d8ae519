import type { Mistake, MistakeFacts } from '../../../../launches/authorize-mistakes.ts'
import type { tokenMistakes } from '../../../../launches/token-mistakes.ts'

const offline = 'Pida offline_access si la aplicación debe seguir sin su usuario.'
const again = 'Abra la aplicación otra vez.'
const secret =
  'Envíe el secreto que se mostró una vez al registrar la aplicación; quien lleva el servidor puede hacer uno nuevo (`lanyard client secret`).'
const method =
  'Use la manera para la que está registrada la aplicación (token_endpoint_auth_method), y solo esa.'

/** Lo que sale mal cuando ya hay un código. */
export const token: Readonly<
  Record<keyof typeof tokenMistakes, Mistake | ((facts: MistakeFacts) => Mistake)>
> = {
  'grant-type-missing': {
    mistake: 'La petición del token no tiene grant_type.',
    advice: 'Envíe grant_type=authorization_code con el código.',
  },
  'grant-type-unknown': {
    mistake: 'La petición del token tiene un grant_type que aquí no se ofrece.',
    advice:
      'Envíe uno de los grant_types_supported del documento de descubrimiento; con un código, authorization_code.',
  },
  'code-missing': {
    mistake: 'La petición del token no tiene code.',
    advice: 'Tome el código de la dirección a la que volvió el navegador.',
  },
  'redirect_uri-missing': {
    mistake: 'La petición del token no tiene redirect_uri.',
    advice: 'Envíe el mismo que en la petición de autorización, letra por letra.',
  },
  'origin-not-registered': ({ sent = 'su sitio' }) => ({
    mistake: `La respuesta se envió, y el navegador no la muestra a la página de la aplicación: ${sent} no es un origen registrado de ninguna aplicación (CORS).`,
    advice: `Registre ${sent} en allowed_origins de la aplicación, con esquema y puerto, como lo envía el navegador.`,
  }),
  'code-unknown': {
    mistake: 'Este código no se emitió aquí, o caducó hace tiempo.',
    advice: 'Tome el código de la dirección a la que volvió el navegador, y descodifíquelo una vez.',
  },
  'code-expired': {
    mistake: 'El código vale un minuto, y es más viejo.',
    advice: 'Canjéelo en cuanto vuelva el navegador.',
  },
  'code-used': {
    mistake:
      'El código ya se usó; todos los tokens de este lanzamiento terminaron, porque alguien pudo robarlo.',
    advice:
      'Canjee cada código una vez. Una página de retorno que se recarga o se dibuja dos veces lo usa dos veces.',
  },
  'code-other-client': {
    mistake: 'El código se emitió para otra aplicación.',
    advice: 'Envíe el client_id de la petición de autorización.',
  },
  'code-other-redirect': {
    mistake: 'redirect_uri no es el de la petición de autorización.',
    advice: 'Envíe el mismo en ambas, letra por letra.',
  },
  'pkce-verifier-missing': {
    mistake: 'La petición del token no tiene code_verifier.',
    advice: 'Guarde el verificador hasta que vuelva el navegador, y envíelo con el código.',
  },
  'pkce-verifier-wrong': {
    mistake: 'code_verifier no corresponde al code_challenge de la petición de autorización.',
    advice:
      'Envíe el texto del que se calculó el hash, no el hash. Dos lanzamientos en dos pestañas necesitan un verificador cada uno, que se encuentra por state.',
  },
  'grant-not-registered': {
    mistake: 'La aplicación no está registrada para este tipo de concesión.',
    advice: 'Añádalo a grant_types del registro (refresh_token para renovar).',
  },
  'client-secret': { mistake: 'El secreto de la aplicación es erróneo.', advice: secret },
  'client-method': {
    mistake: 'La aplicación está registrada para autenticarse de otra manera.',
    advice: method,
  },
  'no-authentication': { mistake: 'La aplicación no envió prueba de quién es.', advice: method },
  'several-methods': {
    mistake: 'La aplicación se autenticó de dos maneras a la vez.',
    advice: method,
  },
  'public-with-secret': {
    mistake: 'La aplicación envió un secreto, y está registrada como una que no tiene.',
    advice: method,
  },
  'client-id-mismatch': {
    mistake: 'client_id del formulario no es el de quien se autenticó.',
    advice: 'Quite client_id, o envíe el mismo.',
  },
  'refresh-unknown': {
    mistake: 'Este token de renovación no se emitió aquí, o terminó hace tiempo.',
    advice: again,
  },
  'refresh-other-client': {
    mistake: 'Este token de renovación se emitió para otra aplicación.',
    advice: 'Guarde por separado los tokens de cada client_id.',
  },
  'refresh-expired': {
    mistake: 'El token de renovación no se usó durante demasiado tiempo.',
    advice: again,
  },
  'refresh-reused': {
    mistake: 'Un token de renovación se usó dos veces; todos los tokens de este lanzamiento terminaron.',
    advice:
      'Guarde el nuevo token de renovación de cada respuesta, y deje que renueve un solo proceso a la vez.',
  },
  'scope-beyond-grant': {
    mistake: 'Una renovación pidió más de lo que se había concedido al lanzamiento.',
    advice: 'Quite scope, o pida menos; para más, abra la aplicación otra vez.',
  },
  'session-ended': {
    mistake: 'La sesión del usuario terminó, y con ella termina online_access.',
    advice: offline,
  },
  'signed-out': {
    mistake: 'El usuario cerró la sesión, y con eso termina online_access.',
    advice: offline,
  },
  'user-ended': { mistake: 'Entre tanto la cuenta se deshabilitó o se eliminó.', advice: again },
  'patient-link-ended': {
    mistake: 'El usuario ya no puede actuar por el paciente de este lanzamiento.',
    advice: again,
  },
  withdrawn: { mistake: 'El usuario retiró el permiso.', advice: again },
  'revoked-by-app': { mistake: 'La propia aplicación revocó sus tokens.', advice: again },
  'ended-by-admin': { mistake: 'Quien lleva este servidor terminó el permiso.', advice: again },
  'grant-ended': { mistake: 'El permiso se retiró, o se acabó su tiempo.', advice: again },
  'token-expired': {
    mistake: 'El token de acceso había caducado.',
    advice: 'Renuévelo antes de que pase expires_in, o abra la aplicación otra vez.',
  },
  'token-revoked': { mistake: 'El token de acceso se revocó.', advice: again },
  'type-not-granted': {
    mistake: 'La aplicación pidió un tipo de datos para el que no tiene permiso.',
    advice:
      'Compare scope de la respuesta del token con lo que se pidió; el usuario puede desmarcar y el servidor puede dejar fuera.',
  },
  'letter-not-granted': {
    mistake: 'La aplicación tiene un ámbito para este tipo de datos, pero no para esta operación.',
    advice: 'Leer uno necesita «r», buscar necesita «s»: pida .rs.',
  },
  'no-patient-in-context': {
    mistake: 'La aplicación tiene un ámbito patient/, y no hay ningún paciente en el contexto.',
    advice: 'Pida launch/patient, o abra la aplicación desde la historia clínica con un paciente.',
  },
}
