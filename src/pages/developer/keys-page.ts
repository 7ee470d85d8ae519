import type { Certificate } from '../../clients/x509.ts'
import { datesIn } from '../dates.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { codeOf, type Finding, toolPage } from './developer-page.ts'

export type KeysModel = {
  /** What was pasted. */
  pem: string
  problem?: string | undefined
  certificate?: Certificate | undefined
}

/** Certificates as JWKS, and new key pairs made by the browser. Field `certificate`. */
export function keysPage({ pem, problem, certificate }: KeysModel, words: Words): Page {
  const { keys } = words.developer
  return toolPage(words, {
    tool: 'keys',
    method: 'post',
    heading: keys.heading,
    lead: keys.convertLead,
    kept: pem === '' ? {} : false,
    fields: [
      {
        name: 'certificate',
        label: keys.field,
        type: 'area',
        rows: 5,
        required: true,
        value: pem,
        problem: problem === undefined ? undefined : keys.wrong(problem),
      },
    ],
    button: keys.button,
    findings: certificate === undefined ? [] : [findingOf(certificate, words)],
    more: {
      keyPair: {
        algorithm: {
          name: 'algorithm',
          label: keys.algorithm,
          type: 'select',
          options: ['ES384', 'RS384'].map((value) => ({
            value,
            label: value,
            selected: value === 'ES384',
          })),
        },
        command: [
          { verb: 'openssl genpkey' },
          { text: ' -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out private.pem' },
        ],
      },
    },
  })
}

function findingOf({ subject, issuer, not_after, thumbprint, jwk }: Certificate, words: Words): Finding {
  const { keys } = words.developer
  return {
    heading: keys.result,
    facts: [
      { label: keys.subject, value: { text: subject } },
      { label: keys.issuer, value: { text: issuer } },
      { label: keys.until, value: { text: datesIn(words).day(not_after) } },
      { label: keys.thumbprint, value: { code: thumbprint } },
    ],
    codes: [codeOf(keys.result, JSON.stringify({ keys: [jwk] }, null, 2), keys.what)],
  }
}
