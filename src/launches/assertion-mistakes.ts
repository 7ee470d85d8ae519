import type { Mistakes } from './authorize-mistakes.ts'

const asPublished = 'Compare the kid of the assertion with the keys that are registered or published.'
const clock = "Compare the clock of the app's machine with real time; they differ by more than a minute."
const doctor = 'The assertion doctor of the developer pages looks through each part of one.'

/** What goes wrong with the assertion by which an app proves who it is (RFC 7523). */
export const assertionMistakes = {
  'assertion-type': {
    mistake: 'client_assertion_type is not the one of signed assertions.',
    advice: 'Send client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer.',
  },
  'assertion-malformed': {
    mistake: 'client_assertion is no signed JWT: three parts of base64url with points between.',
    advice: `Send it as the library made it, once, without quotes or line breaks. ${doctor}`,
  },
  'assertion-alg': {
    mistake: 'The assertion was signed with an algorithm that is not taken here.',
    advice: 'Sign with RS384 or ES384, and say so in alg of the header.',
  },
  'assertion-typ': {
    mistake: 'The header of the assertion has another typ than JWT.',
    advice: 'Set typ to JWT.',
  },
  'assertion-crit': {
    mistake: 'The header of the assertion has crit, which is not supported.',
    advice: 'Leave crit out.',
  },
  'assertion-jku': {
    mistake: 'The header of the assertion has another jku than the JWKS address that is registered.',
    advice: 'Leave jku out, or send the registered address letter by letter.',
  },
  'assertion-iss-sub': {
    mistake: 'iss and sub of the assertion are not both the client_id.',
    advice: 'Set both to the client_id that was given when the app was registered.',
  },
  'assertion-client-id': {
    mistake: 'iss of the assertion differs from client_id in the form.',
    advice: 'Leave client_id out of the form, or send the same.',
  },
  'assertion-exp-missing': {
    mistake: 'The assertion has no exp, or one that is no number.',
    advice: 'Set exp to seconds since 1970: now and at most 300.',
  },
  'assertion-jti': {
    mistake: 'The assertion has no jti, or none of 1 to 255 characters.',
    advice: 'Make a new random jti for each assertion.',
  },
  'certificate-expired': {
    mistake: 'The certificate of the key has expired.',
    advice: 'Register the new certificate before signing with its key.',
  },
  'certificate-not-yet-valid': {
    mistake: 'The certificate of the key is not valid yet.',
    advice: 'Sign with the key before until it is.',
  },
  'assertion-kid-missing': { mistake: 'The assertion names no key (kid).', advice: asPublished },
  'assertion-kid-unknown': {
    mistake: 'The app has no key with the kid of its assertion.',
    advice: `${asPublished} After a rotation, publish the new key before signing with it.`,
  },
  'assertion-signature': {
    mistake: 'The assertion was signed with another key than the one it names.',
    advice: asPublished,
  },
  'assertion-expired': { mistake: 'exp of the assertion has passed.', advice: clock },
  'assertion-exp-far': {
    mistake: 'exp of the assertion is more than five minutes ahead.',
    advice: `Set exp to now and at most 300 seconds. ${clock}`,
  },
  'assertion-nbf': { mistake: 'nbf of the assertion is in the future.', advice: clock },
  'assertion-iat': { mistake: 'iat of the assertion is in the future.', advice: clock },
  'assertion-aud': {
    mistake: 'aud of the assertion is not the address of the token endpoint.',
    advice: 'Take token_endpoint from the discovery document as it is; the FHIR base is not meant here.',
  },
  'assertion-replayed': {
    mistake: 'The jti of the assertion was used before.',
    advice: 'Make a new assertion with a new jti for each request, also when trying again.',
  },
  'jwks-unavailable': {
    mistake: "The app's keys could not be fetched from its jwks_uri.",
    advice:
      'It must answer over https within five seconds and without a redirect, as seen from the machine of this server; whoever runs it can try with `lanyard doctor`.',
  },
} as const satisfies Mistakes
