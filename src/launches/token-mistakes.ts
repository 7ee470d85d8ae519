import type { Mistakes } from './authorize-mistakes.ts'

const offline = 'Ask for offline_access if the app has to go on without its user.'
const again = 'Launch the app again.'
const secret =
  'Send the secret that was shown once when the app was registered; whoever runs the server can make a new one (`lanyard client secret`).'
const method = 'Use the way the app is registered for (token_endpoint_auth_method), and only that.'

/** What goes wrong once there is a code: at the token endpoint, and with the token. */
export const tokenMistakes = {
  'grant-type-missing': {
    mistake: 'The token request has no grant_type.',
    advice: 'Send grant_type=authorization_code with the code.',
  },
  'grant-type-unknown': {
    mistake: 'The token request has a grant_type that is not offered here.',
    advice: 'Send one of grant_types_supported of the discovery document; with a code, authorization_code.',
  },
  'code-missing': {
    mistake: 'The token request has no code.',
    advice: 'Take the code from the address the browser came back to.',
  },
  'redirect_uri-missing': {
    mistake: 'The token request has no redirect_uri.',
    advice: 'Send the one of the authorization request, letter by letter.',
  },
  'origin-not-registered': ({ sent = 'its site' }) => ({
    mistake: `The answer was sent, and the browser does not show it to the page of the app: ${sent} is no registered origin of any app (CORS).`,
    advice: `Register ${sent} among the allowed_origins of the app, with scheme and port, as the browser sends it.`,
  }),
  'code-unknown': {
    mistake: 'This code was not issued here, or expired some time ago.',
    advice: 'Take the code from the address the browser came back to, and decode it once.',
  },
  'code-expired': {
    mistake: 'The code is good for a minute, and it is older.',
    advice: 'Exchange it at once when the browser comes back.',
  },
  'code-used': {
    mistake:
      'The code was used before; all tokens of this launch were ended, as somebody may have stolen it.',
    advice: 'Exchange each code once. A callback page that is reloaded or rendered twice uses it twice.',
  },
  'code-other-client': {
    mistake: 'The code was issued to another app.',
    advice: 'Send the client_id of the authorization request.',
  },
  'code-other-redirect': {
    mistake: 'redirect_uri differs from the one of the authorization request.',
    advice: 'Send the same in both, letter by letter.',
  },
  'pkce-verifier-missing': {
    mistake: 'The token request has no code_verifier.',
    advice: 'Keep the verifier until the browser comes back, and send it with the code.',
  },
  'pkce-verifier-wrong': {
    mistake: 'code_verifier does not fit the code_challenge of the authorization request.',
    advice:
      'Send the text that was hashed, not the hash. Two launches in two tabs need a verifier each, found by state.',
  },
  'grant-not-registered': {
    mistake: 'The app is not registered for this grant type.',
    advice: 'Add it to grant_types of the registration (refresh_token for refreshing).',
  },
  'client-secret': { mistake: 'The client secret is wrong.', advice: secret },
  'client-method': { mistake: 'The app is registered for another way to authenticate.', advice: method },
  'no-authentication': { mistake: 'The app sent no proof of who it is.', advice: method },
  'several-methods': { mistake: 'The app authenticated in two ways at once.', advice: method },
  'public-with-secret': {
    mistake: 'The app sent a secret, and is registered as one that has none.',
    advice: method,
  },
  'client-id-mismatch': {
    mistake: 'client_id in the form differs from who authenticated.',
    advice: 'Leave client_id out, or send the same.',
  },
  'refresh-unknown': {
    mistake: 'This refresh token was not issued here, or ended some time ago.',
    advice: again,
  },
  'refresh-other-client': {
    mistake: 'This refresh token was issued to another app.',
    advice: 'Keep the tokens of each client_id apart.',
  },
  'refresh-expired': { mistake: 'The refresh token was not used for too long.', advice: again },
  'refresh-reused': {
    mistake: 'A refresh token was used twice; all tokens of this launch were ended.',
    advice: 'Store the new refresh token of each answer, and let one process refresh at a time.',
  },
  'scope-beyond-grant': {
    mistake: 'A refresh asked for more than the launch had been granted.',
    advice: 'Leave scope out, or ask for less; for more, launch again.',
  },
  'session-ended': {
    mistake: "The user's session is over, and online_access ends with it.",
    advice: offline,
  },
  'signed-out': { mistake: 'The user signed out, and online_access ends with that.', advice: offline },
  'user-ended': { mistake: 'The account was disabled or removed meanwhile.', advice: again },
  'patient-link-ended': {
    mistake: 'The user may not act for the patient of this launch any more.',
    advice: again,
  },
  withdrawn: { mistake: 'The user took the permission back.', advice: again },
  'revoked-by-app': { mistake: 'The app itself revoked its tokens.', advice: again },
  'ended-by-admin': { mistake: 'Whoever runs this server ended the permission.', advice: again },
  'grant-ended': { mistake: 'The permission was withdrawn, or its time is over.', advice: again },
  'token-expired': {
    mistake: 'The access token had expired.',
    advice: 'Refresh it before expires_in is over, or launch again.',
  },
  'token-revoked': { mistake: 'The access token was revoked.', advice: again },
  'type-not-granted': {
    mistake: 'The app asked for a kind of data for which it holds no scope.',
    advice:
      'Compare scope of the token response with what was asked; users may untick, servers may leave out.',
  },
  'letter-not-granted': {
    mistake: 'The app holds a scope for this kind of data, but not for this interaction.',
    advice: 'Reading one needs "r", searching needs "s": ask for .rs.',
  },
  'no-patient-in-context': {
    mistake: 'The app holds a patient/ scope, and no patient is in context.',
    advice: 'Ask for launch/patient, or launch from the EHR with a patient.',
  },
} as const satisfies Mistakes
