// How Glance speaks with the FHIR server: through fhirclient, which knows the token.

/** The one server that Glance knows: the one it comes from. */
export const fhirBase = new URL('../../fhir', document.baseURI).href

/** Where fhirclient keeps the name of the launch of this window. */
const CURRENT = 'SMART_KEY'

/** True if this window began a launch and has not forgotten it. */
export function hasLaunch() {
  return sessionStorage.getItem(CURRENT) !== null
}

/** True if this window began the launch with this `state` (RFC 6749 §10.12). */
export function began(state) {
  return state !== null && sessionStorage.getItem(state) !== null
}

/** Lets go of the launch and of its tokens. */
export function forget(client) {
  sessionStorage.removeItem(client.state.key)
  sessionStorage.removeItem(CURRENT)
}

/** Searches a type; the entries of the first page, and how many there are. */
export async function search(client, type, parameters) {
  const bundle = await client.request(`${type}?${new URLSearchParams(parameters)}`)
  const list = (bundle.entry ?? []).map(({ resource }) => resource)
  return { list, total: bundle.total ?? list.length }
}

/** True if the server said that the token is good for nothing any more, or would not renew it. */
export function isOver(error, client) {
  return error.status === 401 || (error.status === 400 && error.response?.url === client.state.tokenUri)
}

/**
 * What the server said. fhirclient makes one text of an answer: the status, the address, then an OAuth error as
 * "invalid_grant: sentence", or behind an empty line the JSON of an OperationOutcome.
 */
export function sentenceOf(error) {
  if (error.status === undefined) return 'The server did not answer.'
  const [head, json] = error.message.split('\n\n')
  if (json === undefined)
    return (
      head
        .split('\n')
        .slice(2)
        .join(' ')
        .replace(/^\w+: /, '') || error.statusText
    )
  return outcomeOf(JSON.parse(json)) ?? error.statusText
}

/** The sentence of an OperationOutcome. */
export function outcomeOf({ issue: [first] = [] }) {
  return first?.details?.text ?? first?.diagnostics
}
