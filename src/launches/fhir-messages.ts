/** One side of a call, as far as it explains something: no credential, and of a long body the beginning. */
export type Message = {
  headers: readonly (readonly [name: string, value: string])[]
  body?: string | undefined
  /** Characters of the whole body, where it was cut. */
  whole?: number | undefined
}
/** What an app and the FHIR server said to each other in one call. It may be about a person. */
export type FhirMessages = {
  /** `GET /fhir/Patient/1` */
  line: string
  status: number
  request: Message
  response: Message
}

/** Characters that are kept of a body. */
const BODY = 4000
const LINE = 2000
const HEADER = 300

/** The same at a length that is kept; cut by characters, so that no half of one is left over. */
export function boundedMessages({ line, status, request, response }: FhirMessages): FhirMessages {
  return {
    line: beginning(line, LINE),
    status,
    request: boundedMessage(request),
    response: boundedMessage(response),
  }
}

function boundedMessage({ headers, body }: Message): Message {
  return {
    headers: headers.map(([name, value]) => [name, beginning(value, HEADER)] as const),
    ...(body === undefined ? {} : { body: beginning(body, BODY) }),
    ...(body === undefined || body.length <= BODY ? {} : { whole: body.length }),
  }
}

function beginning(text: string, most: number): string {
  return text.length <= most ? text : text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '')
}
