/** The backend service of the demo; its private key lies in the data folder, for `lanyard token`. */
export const DEMO_BACKEND = { clientId: 'demo-backend', keyFile: 'demo-backend.jwk.json' }
