import {
  addressDifferences,
  type DifferenceWords,
  nearestAddress,
} from '../../../../launches/address-difference.ts'
import type { authorizeMistakes, Mistake, MistakeFacts } from '../../../../launches/authorize-mistakes.ts'

const differences: DifferenceWords = {
  parts: {
    scheme: 'el esquema',
    host: 'el servidor',
    port: 'el puerto',
    path: 'la ruta',
    query: 'la consulta',
  },
  part: (name, sent, right) => `${name} es ${sent} en vez de ${right}`,
  quoted: (value) => `«${value}»`,
  usual: 'el habitual',
  nothing: 'ninguna',
  letterCase: 'la ruta difiere en mayúsculas y minúsculas',
  slashMore: 'le sobra la barra del final',
  slashLess: 'le falta la barra del final',
  fragment: 'tiene un fragmento',
  spelling: 'está escrita de otra manera, y las direcciones se comparan letra por letra',
  incomplete: (right) => `no es una dirección completa, como «${right}»`,
}

const newLaunch =
  'Abra la aplicación otra vez desde la historia clínica; un lanzamiento vale para un solo uso.'
const s256 =
  'Envíe code_challenge_method=S256 y, como code_challenge, el SHA-256 del verificador en base64url.'
const objects: Mistake = {
  mistake:
    'La petición tiene request, request_uri o registration; aquí no se ofrecen objetos de petición (RFC 9101).',
  advice: 'Envíe los parámetros mismos; el descubrimiento dice qué se ofrece.',
}
const asPerson = 'Quite prompt=none y deje que el usuario responda.'

/** Lo que sale mal en el camino al código. */
export const authorize: Readonly<
  Record<keyof typeof authorizeMistakes, Mistake | ((facts: MistakeFacts) => Mistake)>
> = {
  'client-unknown': {
    mistake: 'Aquí no hay ninguna aplicación registrada con este client_id.',
    advice:
      'Envíe el client_id que se dio al registrar la aplicación en este servidor; el de otro servidor no vale aquí.',
  },
  'client-waiting': {
    mistake: 'Esta aplicación espera a que quien administra este servidor la admita.',
    advice: 'La petición está bien. Inténtelo otra vez cuando su página diga que funciona.',
  },
  'client-disabled': {
    mistake: 'Esta aplicación está deshabilitada.',
    advice: 'Pregunte por qué a quien lleva este servidor; con `lanyard client enable` vuelve a entrar.',
  },
  'redirect-missing': {
    mistake: 'La petición no tiene redirect_uri, que es obligatorio aunque solo haya uno registrado.',
    advice: 'Envíe una de las direcciones registradas.',
  },
  'redirect-mismatch': (facts) => ({
    mistake: `El redirect_uri no está registrado para esta aplicación.${compared(facts)}`,
    advice: 'Envíe una dirección exactamente como está registrada, o registre esta.',
  }),
  'unsupported-response-type': {
    mistake: 'response_type no es «code»; los tokens en la dirección (flujo implícito) no se ofrecen.',
    advice: 'Envíe response_type=code y obtenga el token con el código.',
  },
  'unsupported-response-mode': {
    mistake: 'response_mode no es «query»; el código llega en la consulta del redirect_uri.',
    advice: 'Quite response_mode, y lea code y state de la consulta.',
  },
  'request-not-supported': objects,
  'request-uri-not-supported': objects,
  'registration-not-supported': objects,
  'parameter-repeated': {
    mistake: 'Un parámetro se envió dos veces.',
    advice: 'Envíe cada parámetro una vez; busque uno que esté en la dirección y en el formulario.',
  },
  'state-missing': {
    mistake:
      'La petición no tiene state, así que la aplicación no distinguiría su lanzamiento de uno falsificado.',
    advice: 'Envíe un state nuevo y aleatorio, y compárelo cuando vuelva el navegador.',
  },
  'aud-missing': ({ expected = [] }) => ({
    mistake: 'La petición no tiene aud, así que no nombra ningún servidor FHIR.',
    advice: `Envíe aud=${expected[0] ?? 'la base FHIR'}, que desde la historia clínica es el iss que vino con el lanzamiento.`,
  }),
  'aud-mismatch': (facts) => ({
    mistake: `aud no es la base FHIR de este servidor.${compared(facts)}`,
    advice: `Envíe aud=${facts.expected?.[0] ?? 'la base FHIR'}, sin nada detrás.`,
  }),
  'pkce-missing': {
    mistake:
      'La petición no tiene code_challenge: PKCE se exige a toda aplicación, también a las que tienen secreto.',
    advice: 'Envíe code_challenge y code_challenge_method=S256.',
  },
  'pkce-method-missing': {
    mistake:
      'La petición no tiene code_challenge_method, que entonces cuenta como «plain» y no protege nada.',
    advice: s256,
  },
  'pkce-plain': { mistake: 'code_challenge_method no es S256; «plain» no protege nada.', advice: s256 },
  'pkce-malformed': {
    mistake: 'code_challenge no tiene los 43 caracteres en base64url de un SHA-256.',
    advice:
      'Calcule el SHA-256 del verificador y escriba los bytes (no su hexadecimal) en base64url sin «=».',
  },
  'nonce-without-openid': {
    mistake:
      'La petición tiene nonce, max_age u otro parámetro de OpenID Connect pero no el ámbito openid, sin el que no hay id_token con la respuesta.',
    advice: 'Pida también openid y fhirUser, o quite el parámetro.',
  },
  'launch-scope-missing': {
    mistake:
      'La petición tiene el parámetro launch pero no el ámbito launch, así que no se tuvo en cuenta el lanzamiento.',
    advice: 'Añada «launch» a los ámbitos.',
  },
  'launch-missing': {
    mistake: 'Se pidió el ámbito launch sin el parámetro launch que entrega la historia clínica.',
    advice:
      'Pase el launch de la dirección de lanzamiento; para empezar sin historia clínica, pida launch/patient.',
  },
  'launch-unknown': {
    mistake: 'Este servidor no hizo este lanzamiento, o caducó hace tiempo.',
    advice: `Pase el launch tal como viene en la dirección, y al servidor que nombra iss. ${newLaunch}`,
  },
  'launch-expired': {
    mistake: 'El lanzamiento es demasiado viejo; vale unos minutos.',
    advice: newLaunch,
  },
  'launch-used': {
    mistake: 'El lanzamiento ya se usó; ocurre al volver atrás en el navegador o al recargar.',
    advice: newLaunch,
  },
  'launch-other-client': ({ asker }) => ({
    mistake:
      asker === undefined
        ? 'El lanzamiento se hizo para otra aplicación.'
        : `Otra aplicación pidió con este lanzamiento: su client_id es ${asker}. Probablemente la dirección de lanzamiento es de otra aplicación.`,
    advice:
      'Mire qué client_id envía la aplicación, y qué aplicación abrió la historia clínica; la dirección de lanzamiento puede ser de otra aplicación.',
  }),
  'launch-other-user': {
    mistake: 'Aquí inició sesión otro usuario que el que abrió la aplicación en la historia clínica.',
    advice:
      'Cierre la sesión e iníciela como ese usuario, o compare los nombres de usuario de ambos sistemas.',
  },
  'scope-none-left': {
    mistake: 'No se pidió ningún ámbito, o ninguno se puede conceder a esta aplicación.',
    advice: 'Abajo dice por qué faltó cada uno; si no hay ninguno, nombre lo que la aplicación necesita.',
  },
  'scope-too-many': {
    mistake: 'Se pidieron más de 500 ámbitos de datos a la vez.',
    advice: 'Pida tipos enteros, o menos categorías; la causa suele ser ámbitos con «?».',
  },
  'prompt-unknown': {
    mistake: 'prompt no es «none», «login» ni «consent».',
    advice: 'Quite prompt, salvo que la aplicación tenga un motivo para uno de ellos.',
  },
  'max-age': {
    mistake: 'max_age no es un número de segundos.',
    advice: 'Envíe segundos enteros, o quite max_age.',
  },
  'id-token-hint': {
    mistake: 'id_token_hint no es un token de identidad de este servidor para esta aplicación.',
    advice: 'Envíe el último id_token tal como llegó, o quítelo.',
  },
  'sign-in-failed': {
    mistake: 'El nombre de usuario y la contraseña no coinciden, o la cuenta no puede iniciar sesión.',
    advice: 'La petición está bien; quien lleva este servidor puede mirar la cuenta (`lanyard user list`).',
  },
  'sign-in-expired': {
    mistake: 'El inicio de sesión quedó abierto demasiado tiempo, o se terminó en otra ventana.',
    advice:
      'Abra la aplicación otra vez. Dentro de un marco de la historia clínica, el navegador pudo retener las cookies.',
  },
  'sign-in-cancelled': {
    mistake: 'El usuario volvió a la aplicación sin iniciar sesión.',
    advice: 'La petición está bien.',
  },
  'login-required': { mistake: 'Se envió prompt=none, y aquí nadie tiene sesión.', advice: asPerson },
  'interaction-required': {
    mistake: 'Se envió prompt=none, y el usuario tiene que elegir antes, por ejemplo un paciente.',
    advice: asPerson,
  },
  'consent-required': {
    mistake: 'Se envió prompt=none, y el usuario aún no ha permitido todo esto.',
    advice: asPerson,
  },
  'no-patient': {
    mistake: 'La aplicación necesita un paciente, y este usuario no puede ver la historia de ninguno.',
    advice: 'Dé a la cuenta sus pacientes, o un fhirUser que lo sea.',
  },
  'picker-cancelled': {
    mistake: 'El usuario cerró la lista de pacientes sin elegir.',
    advice: 'Diga al usuario en la aplicación que no se eligió nada.',
  },
  'context-not-visible': {
    mistake:
      'Este usuario no puede ver aquello sobre lo que se abría la aplicación, o no es de este paciente.',
    advice: 'Compare patient, encounter y fhirContext del lanzamiento con lo que el usuario puede ver.',
  },
  'consent-denied': {
    mistake: 'El usuario decidió no permitirlo.',
    advice: 'Diga al usuario en la aplicación cómo intentarlo de nuevo; la petición está bien.',
  },
  unexpected: {
    mistake: 'Algo salió mal en este servidor.',
    advice: 'El registro del servidor dice más bajo el id de la petición; la aplicación puede reintentar.',
  },
  'nothing-allowed': {
    mistake: 'El usuario desmarcó todo, así que no quedó nada que conceder.',
    advice: 'Pida solo lo que la aplicación necesita; el usuario decide sobre cada línea.',
  },
}

/** Lo que se envió, junto a lo más parecido. */
function compared({ sent, expected = [] }: MistakeFacts): string {
  if (sent === undefined) return ''
  const nearest = nearestAddress(sent, expected)
  if (nearest === undefined) return ` Se envió «${sent}».`
  const which = expected.length > 1 ? 'la más parecida que lo es, ' : ''
  const told = addressDifferences(sent, nearest, differences).join(', ')
  return ` Se envió «${sent}»; comparada con ${which}«${nearest}», ${told}.`
}
