/** For callers that do not read pages, and the log: English whatever the language. */
export const plain = {
  notFound: (fhirBase: string) =>
    `There is nothing at this address. The FHIR server is at ${fhirBase}; ${fhirBase}/.well-known/smart-configuration lists the other addresses.`,
  methodNotAllowed: (allow: string) => `This address takes ${allow} only.`,
  notUnderstood: 'The request cannot be understood.',
  internal: 'Something went wrong on our side. Try again; if it lasts, quote the reference.',
}
