/** The client_id, which views/demo-app/launch.js says as well. */
export const DEMO_APP = 'demo-app'

/**
 * The app of demo mode, Glance, which this server itself serves (src/pages/demo-app.ts). What it asks for stands
 * in views/demo-app/scopes.js.
 * @param baseUrl the public address of this server
 * @returns RFC 7591 metadata
 */
export function demoAppMetadata(baseUrl: string) {
  const place = `${baseUrl}/demo/app/`
  return {
    client_id: DEMO_APP,
    client_name: 'Glance (demo)',
    client_uri: place,
    logo_uri: `${place}logo.svg`,
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [place],
    launch_uris: [`${place}launch.html`],
    scope: [
      'launch launch/patient openid fhirUser offline_access',
      'patient/Patient.rs patient/Observation.rs patient/MedicationRequest.rs patient/AllergyIntolerance.rs',
      'patient/Condition.rs patient/Immunization.rs patient/Encounter.rs user/Practitioner.rs',
    ].join(' '),
    verified: true,
    owner: 'Alder Valley, patient services',
  }
}
