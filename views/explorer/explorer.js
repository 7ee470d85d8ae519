// Starts Swagger UI on the document that the page names, as the app that this server knows for it.

const root = document.querySelector('#explorer')
const { document: url, client, audience, scopes } = root.dataset

const ui = globalThis.SwaggerUIBundle({
  url,
  dom_id: '#explorer',
  deepLinking: false,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  oauth2RedirectUrl: `${location.origin}/developer/explorer/oauth2-redirect.html`,
  validatorUrl: null,
})
ui.initOAuth({
  clientId: client,
  scopes,
  usePkceWithAuthorizationCodeGrant: true,
  additionalQueryStringParams: { aud: audience },
})
