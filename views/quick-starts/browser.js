// An app in one page: it sends the person here to sign in, comes back with a code, and reads the record.
const fhir = '{{fhirBase}}'
const app = { id: '{{clientId}}', address: location.origin + location.pathname }
const scope = 'launch/patient openid fhirUser patient/Patient.rs patient/Observation.rs'

const discovery = await fetch(`${fhir}/.well-known/smart-configuration`)
const smart = await discovery.json()
const answer = new URLSearchParams(location.search)

if (answer.has('error')) {
  document.body.textContent = `${answer.get('error')}: ${answer.get('error_description')}`
} else if (answer.has('code')) {
  const kept = JSON.parse(sessionStorage.getItem(answer.get('state')) ?? 'null')
  if (kept === null) throw new Error('This answer belongs to no launch of this window.')
  sessionStorage.removeItem(answer.get('state'))
  //: trade
  const response = await fetch(smart.token_endpoint, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'authorization_code',
      code: answer.get('code'),
      redirect_uri: app.address,
      client_id: app.id,
      code_verifier: kept.verifier,
    }),
  })
  const token = await response.json()
  //:
  if (!response.ok) throw new Error(token.error_description)
  //: read
  const read = await fetch(`${fhir}/Patient/${token.patient}`, {
    headers: { authorization: `Bearer ${token.access_token}` },
  })
  document.body.textContent = (await read.json()).name[0].family
  //:
} else {
  const verifier = random()
  const state = random()
  sessionStorage.setItem(state, JSON.stringify({ verifier }))
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
  //: ask
  location.assign(
    `${smart.authorization_endpoint}?${new URLSearchParams({
      response_type: 'code',
      client_id: app.id,
      redirect_uri: app.address,
      scope,
      aud: fhir,
      state,
      code_challenge: base64url(new Uint8Array(hash)),
      code_challenge_method: 'S256',
    })}`,
  )
  //:
}

function random() {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

function base64url(bytes) {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}
