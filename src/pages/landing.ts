import type { Endpoints } from '../smart/discovery.ts'
import { type DemoBackend, firstToken } from './first-token.ts'
import type { Page } from './render.ts'
import type { Words } from './words/en.ts'

type Facts = {
  words: Words
  endpoints: Endpoints
  /** Whose server it is. */
  site: string
  demo: boolean
  /** The backend service of the demo, if this database has it. */
  backend: DemoBackend | undefined
  /** The forms about the demo's app, if this database has it. */
  glance: { launch: string; ehr: string; csrf: string } | undefined
}

/**
 * The start page. In demo mode it tells a stranger what this is and how to try it; in production only whose
 * server it is and where it is.
 */
export function landingPage({ words, endpoints, site, demo, backend, glance }: Facts): Page {
  const { landing } = words
  const smart = `${endpoints.fhirBase}/.well-known/smart-configuration`
  const { capability, oauth, keys, ready, metrics } = landing.documents
  return {
    layout: 'page',
    view: 'landing',
    words,
    title: landing.title,
    data: {
      heading: demo ? landing.heading : site,
      lead: demo ? landing.lead : landing.calm,
      glance,
      ways: waysOn(words, demo, glance?.launch),
      addresses: [
        { id: 'fhir', value: endpoints.fhirBase, ...landing.fhir },
        { id: 'token', value: endpoints.token, ...landing.token },
        { id: 'issuer', value: endpoints.issuer, ...landing.issuer },
        { id: 'discovery', value: smart, href: smart, ...landing.smart },
      ],
      documents: [
        { href: '/fhir/metadata?_pretty=true', ...capability },
        { href: '/.well-known/oauth-authorization-server', ...oauth },
        { href: '/oauth2/jwks', ...keys },
        { href: '/health/ready', ...ready },
        ...(demo ? [{ href: '/metrics', ...metrics }] : []),
      ],
      steps: demo && backend !== undefined ? firstToken(words, endpoints, backend) : [],
      features: demo ? landing.works.rows : [],
    },
  }
}

/** What a stranger can do from here: use, look after, build. */
function waysOn({ landing: { ways } }: Words, demo: boolean, app: string | undefined) {
  return [
    app === undefined
      ? { href: '/account', icon: 'user', ...ways.account }
      : { href: app, icon: 'play', ...ways.app },
    { href: '/admin', icon: 'gear', ...(demo ? ways.consoleDemo : ways.console) },
    { href: '/developer', icon: 'code', ...ways.developers },
  ]
}
