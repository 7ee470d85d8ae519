import type { assertionMistakes } from '../../../../launches/assertion-mistakes.ts'
import type { Mistake } from '../../../../launches/authorize-mistakes.ts'

const asPublished = 'Compare el kid de la aserción con las claves registradas o publicadas.'
const clock = 'Compare el reloj de la máquina de la aplicación con la hora real; difieren más de un minuto.'
const doctor = 'El examen de aserciones de las páginas para desarrolladores mira cada parte.'

/** Lo que sale mal con la aserción con la que una aplicación demuestra quién es. */
export const assertion: Readonly<Record<keyof typeof assertionMistakes, Mistake>> = {
  'assertion-type': {
    mistake: 'client_assertion_type no es el de las aserciones firmadas.',
    advice: 'Envíe client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer.',
  },
  'assertion-malformed': {
    mistake: 'client_assertion no es un JWT firmado: tres partes en base64url separadas por puntos.',
    advice: `Envíela como la hizo la biblioteca, una vez, sin comillas ni saltos de línea. ${doctor}`,
  },
  'assertion-alg': {
    mistake: 'La aserción se firmó con un algoritmo que aquí no se acepta.',
    advice: 'Firme con RS384 o ES384, y dígalo en el alg de la cabecera.',
  },
  'assertion-typ': {
    mistake: 'El typ de la cabecera de la aserción no es JWT.',
    advice: 'Ponga JWT en typ.',
  },
  'assertion-crit': {
    mistake: 'La cabecera de la aserción tiene crit, que no se admite.',
    advice: 'Quite crit.',
  },
  'assertion-jku': {
    mistake: 'El jku de la cabecera de la aserción no es la dirección JWKS registrada.',
    advice: 'Quite jku, o envíe la dirección registrada letra por letra.',
  },
  'assertion-iss-sub': {
    mistake: 'iss y sub de la aserción no son los dos el client_id.',
    advice: 'Ponga en ambos el client_id que se dio al registrar la aplicación.',
  },
  'assertion-client-id': {
    mistake: 'El iss de la aserción no es el client_id del formulario.',
    advice: 'Quite client_id del formulario, o envíe el mismo.',
  },
  'assertion-exp-missing': {
    mistake: 'La aserción no tiene exp, o no es un número.',
    advice: 'Ponga en exp los segundos desde 1970: ahora y 300 como mucho.',
  },
  'assertion-jti': {
    mistake: 'La aserción no tiene jti, o no tiene de 1 a 255 caracteres.',
    advice: 'Haga un jti nuevo y aleatorio para cada aserción.',
  },
  'certificate-expired': {
    mistake: 'El certificado de la clave ha caducado.',
    advice: 'Registre el certificado nuevo antes de firmar con su clave.',
  },
  'certificate-not-yet-valid': {
    mistake: 'El certificado de la clave aún no es válido.',
    advice: 'Firme con la clave anterior hasta que lo sea.',
  },
  'assertion-kid-missing': { mistake: 'La aserción no nombra ninguna clave (kid).', advice: asPublished },
  'assertion-kid-unknown': {
    mistake: 'La aplicación no tiene ninguna clave con el kid de su aserción.',
    advice: `${asPublished} Tras un cambio de claves, publique la nueva antes de firmar con ella.`,
  },
  'assertion-signature': {
    mistake: 'La aserción se firmó con otra clave que la que nombra.',
    advice: asPublished,
  },
  'assertion-expired': { mistake: 'El exp de la aserción ya pasó.', advice: clock },
  'assertion-exp-far': {
    mistake: 'El exp de la aserción está a más de cinco minutos.',
    advice: `Ponga en exp ahora y 300 segundos como mucho. ${clock}`,
  },
  'assertion-nbf': { mistake: 'El nbf de la aserción está en el futuro.', advice: clock },
  'assertion-iat': { mistake: 'El iat de la aserción está en el futuro.', advice: clock },
  'assertion-aud': {
    mistake: 'El aud de la aserción no es la dirección del servidor de tokens.',
    advice: 'Tome token_endpoint del documento de descubrimiento tal cual; aquí no se trata de la base FHIR.',
  },
  'assertion-replayed': {
    mistake: 'El jti de la aserción ya se usó.',
    advice: 'Haga una aserción nueva con un jti nuevo para cada petición, también al reintentar.',
  },
  'jwks-unavailable': {
    mistake: 'No se pudieron obtener las claves de la aplicación de su jwks_uri.',
    advice:
      'La dirección debe responder por https en cinco segundos y sin redirección, vista desde la máquina de este servidor; quien lo lleva puede probarlo con `lanyard doctor`.',
  },
}
