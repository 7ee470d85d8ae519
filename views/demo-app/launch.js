// Where a launch begins: from a chart with `iss` and `launch` (EHR launch), or without them (standalone).

import { showProblem } from './problem.js'
import { asked } from './scopes.js'
import { fhirBase } from './server.js'

const { searchParams } = new URL(location.href)
const iss = searchParams.get('iss') ?? fhirBase
const launch = searchParams.get('launch')

// Whoever made the link chose `iss`: only servers that the app knows may send its people somewhere to sign in.
if (iss.replace(/\/$/, '') !== fhirBase) {
  showProblem({
    heading: 'Glance does not know that hospital',
    sentences: ['The link names a server that is not the one Glance belongs to, so nothing was started.'],
    details: `iss: ${iss}`,
  })
} else {
  // fhirclient prefers what it finds in the address to what it is told.
  history.replaceState(null, '', location.pathname)
  try {
    const address = await FHIR.oauth2.authorize({
      clientId: 'demo-app',
      scope: launch === null ? asked.standalone : asked.ehr,
      iss: fhirBase,
      ...(launch === null ? {} : { launch }),
      redirectUri: './',
      pkceMode: 'required',
      completeInTarget: true,
      // Its own choice would come from Math.random.
      stateKey: crypto.randomUUID(),
      noRedirect: true,
    })
    // In place of this page, or "back" would launch again.
    location.replace(address)
  } catch (error) {
    showProblem({
      heading: 'The launch could not begin',
      sentences: ['The server did not say where to sign in.'],
      details: String(error.message),
    })
  }
}
