import { addressDifferences, nearestAddress } from './address-difference.ts'

/** What a sentence may need to know of the step that was refused. */
export type MistakeFacts = {
  sent?: string | undefined
  expected?: readonly string[] | undefined
  asker?: string | undefined
}
/** The likely mistake, and what to do about it: for the developer of the app. */
export type Mistake = { mistake: string; advice?: string }
export type Mistakes = Readonly<Record<string, Mistake | ((facts: MistakeFacts) => Mistake)>>

const newLaunch = 'Start the app from the EHR again; a launch is made for one use.'
const s256 =
  'Send code_challenge_method=S256, and as code_challenge the SHA-256 of the verifier in base64url.'
const objects: Mistake = {
  mistake:
    'The request has request, request_uri or registration; request objects (RFC 9101) are not offered here.',
  advice: 'Send the parameters themselves; discovery lists what is offered.',
}
const asPerson = 'Leave prompt=none out, and let the user answer.'

/** What goes wrong on the way to a code. */
export const authorizeMistakes = {
  'client-unknown': {
    mistake: 'No app is registered here under this client_id.',
    advice:
      'Send the client_id that was given when the app was registered at this server; an id of another server does not work here.',
  },
  'client-waiting': {
    mistake: 'This app waits for an admin of this server to let it in.',
    advice: 'Nothing is wrong with the request. Try again when its page says that it works.',
  },
  'client-disabled': {
    mistake: 'This app was disabled.',
    advice: 'Ask whoever runs this server why; `lanyard client enable` lets it in again.',
  },
  'redirect-missing': {
    mistake: 'The request has no redirect_uri, which is required even if only one is registered.',
    advice: 'Send one of the registered addresses.',
  },
  'redirect-mismatch': (facts) => ({
    mistake: `The redirect_uri is not registered for this app.${compared(facts)}`,
    advice: 'Send an address exactly as it is registered, or register this one.',
  }),
  'unsupported-response-type': {
    mistake: 'response_type is not "code"; tokens in the address (the implicit flow) are not offered.',
    advice: 'Send response_type=code and fetch the token with the code.',
  },
  'unsupported-response-mode': {
    mistake: 'response_mode is not "query"; the code comes in the query of the redirect_uri.',
    advice: 'Leave response_mode out, and read code and state from the query.',
  },
  'request-not-supported': objects,
  'request-uri-not-supported': objects,
  'registration-not-supported': objects,
  'parameter-repeated': {
    mistake: 'A parameter was sent twice.',
    advice: 'Send each parameter once; look for one that is in the address and in the form.',
  },
  'state-missing': {
    mistake: 'The request has no state, so that the app could not tell its own launch from a forged one.',
    advice: 'Send a new random state, and compare it when the browser comes back.',
  },
  'aud-missing': ({ expected = [] }) => ({
    mistake: 'The request has no aud, so that it names no FHIR server.',
    advice: `Send aud=${expected[0] ?? 'the FHIR base'}, which in an EHR launch is the iss that came with it.`,
  }),
  'aud-mismatch': (facts) => ({
    mistake: `aud is not the FHIR base of this server.${compared(facts)}`,
    advice: `Send aud=${facts.expected?.[0] ?? 'the FHIR base'}, without anything behind it.`,
  }),
  'pkce-missing': {
    mistake: 'The request has no code_challenge: PKCE is required of every app, also of those with a secret.',
    advice: 'Send code_challenge and code_challenge_method=S256.',
  },
  'pkce-method-missing': {
    mistake: 'The request has no code_challenge_method, which then counts as "plain" and protects nothing.',
    advice: s256,
  },
  'pkce-plain': {
    mistake: 'code_challenge_method is not S256; "plain" protects nothing.',
    advice: s256,
  },
  'pkce-malformed': {
    mistake: 'code_challenge is not 43 characters of base64url, as a SHA-256 is.',
    advice: 'Hash the verifier with SHA-256, and write the bytes (not their hex) in base64url without "=".',
  },
  'nonce-without-openid': {
    mistake:
      'The request has nonce, max_age or another parameter of OpenID Connect but not the scope openid, without which there is no id_token to hold the answer.',
    advice: 'Ask for openid and fhirUser too, or leave the parameter out.',
  },
  'launch-scope-missing': {
    mistake: 'The request has a launch parameter but not the scope launch, so the EHR launch was ignored.',
    advice: 'Add "launch" to the scopes.',
  },
  'launch-missing': {
    mistake: 'The scope launch was asked for without the launch parameter that the EHR hands over.',
    advice: 'Pass on launch from the launch URL; to start without an EHR, ask for launch/patient instead.',
  },
  'launch-unknown': {
    mistake: 'This server did not make this launch, or it expired some time ago.',
    advice: `Pass on launch from the launch URL as it is, and send it to the server named by iss. ${newLaunch}`,
  },
  'launch-expired': { mistake: 'The launch is too old; it is good for some minutes.', advice: newLaunch },
  'launch-used': {
    mistake: 'The launch was used before; going back in the browser or reloading does that.',
    advice: newLaunch,
  },
  // On the record of the launch it is known who asked; on that of the app that asked, whose launch it is is not told.
  'launch-other-client': ({ asker }) => ({
    mistake:
      asker === undefined
        ? 'The launch was made for another app than the one that asks.'
        : `Another app asked with this launch: its client_id is ${asker}. Probably the launch address belongs to another app.`,
    advice:
      'Check which client_id the app sends, and which app the EHR launched; the launch address may belong to another app.',
  }),
  'launch-other-user': {
    mistake: 'Another user is signed in here than the one who started the app in the EHR.',
    advice: 'Sign out and sign in as the same user, or compare the user names of both systems.',
  },
  'scope-none-left': {
    mistake: 'No scope was asked for, or none of them can be granted to this app.',
    advice: 'Below stands why each was left out; without any, name what the app needs.',
  },
  'scope-too-many': {
    mistake: 'More than 500 scopes of data were asked for at once.',
    advice: 'Ask for whole types, or for fewer categories of them; scopes with a "?" are the usual cause.',
  },
  'prompt-unknown': {
    mistake: 'prompt is none of "none", "login" and "consent".',
    advice: 'Leave prompt out, unless the app has a reason for one of them.',
  },
  'max-age': {
    mistake: 'max_age is not a number of seconds.',
    advice: 'Send whole seconds, or leave max_age out.',
  },
  'id-token-hint': {
    mistake: 'id_token_hint is not an ID token of this server for this app.',
    advice: 'Send the last id_token as it came, or leave the hint out.',
  },
  'sign-in-failed': {
    mistake: 'User name and password did not match, or the account cannot sign in.',
    advice:
      'Nothing is wrong with the request; whoever runs this server can look at the account (`lanyard user list`).',
  },
  'sign-in-expired': {
    mistake: 'The sign-in was left open too long, or was finished in another window.',
    advice: 'Launch the app again. In a frame of an EHR, the browser may have kept the cookies back.',
  },
  'sign-in-cancelled': {
    mistake: 'The user went back to the app without signing in.',
    advice: 'Nothing is wrong with the request.',
  },
  'login-required': { mistake: 'prompt=none was sent, and nobody is signed in here.', advice: asPerson },
  'interaction-required': {
    mistake: 'prompt=none was sent, and the user has to choose first, for instance a patient.',
    advice: asPerson,
  },
  'consent-required': {
    mistake: 'prompt=none was sent, and the user has not allowed all of this yet.',
    advice: asPerson,
  },
  'no-patient': {
    mistake: 'The app needs a patient, and there is none whose record this user may see.',
    advice: 'Give the account its patients, or a fhirUser that is one.',
  },
  'picker-cancelled': {
    mistake: 'The user closed the list of patients without choosing one.',
    advice: 'Show the user in the app that nothing was chosen.',
  },
  'context-not-visible': {
    mistake: 'This user may not see what the app was to be launched about, or it is not of this patient.',
    advice: "Compare the launch's patient, encounter and fhirContext with what the user may see.",
  },
  'consent-denied': {
    mistake: 'The user chose not to allow it.',
    advice: 'Tell the user in the app how to try again; nothing is wrong with the request.',
  },
  unexpected: {
    mistake: 'Something went wrong on the side of this server.',
    advice: 'The log has more under the request id; the app may try again.',
  },
  'nothing-allowed': {
    mistake: 'The user unticked everything, so that nothing was left to grant.',
    advice: 'Ask only for what the app needs; the user decides about each line.',
  },
} as const satisfies Mistakes

/** What was sent beside what comes nearest to it, as one more sentence. */
function compared({ sent, expected = [] }: MistakeFacts): string {
  if (sent === undefined) return ''
  const nearest = nearestAddress(sent, expected)
  if (nearest === undefined) return ` "${sent}" was sent.`
  const which = expected.length > 1 ? 'the nearest that is, ' : ''
  const differences = addressDifferences(sent, nearest).join(', ')
  return ` "${sent}" was sent; compared with ${which}"${nearest}", ${differences}.`
}
