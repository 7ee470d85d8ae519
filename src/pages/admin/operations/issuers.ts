import { z } from 'zod'
import type { TrustedIssuer } from '../../../config/trusted-issuers.ts'
import { operation } from './operation.ts'

export type IssuerOperationDeps = {
  trustedIssuers: readonly TrustedIssuer[]
  /** The audience of tokens, where the configuration names none. */
  fhirBase: string
}

const issuer = z.object({
  issuer: z.string(),
  audience: z.string(),
  algorithms: z.array(z.string()).optional(),
  levels: z.array(z.string()),
  roles: z.array(z.string()).describe('Those that its users may have: by groups, or all of them.'),
})

/** What admins see of outside issuers; the configuration file alone says which are trusted. */
export function issuerOperations({ trustedIssuers, fhirBase }: IssuerOperationDeps) {
  return {
    list: operation({
      name: 'listIssuers',
      method: 'get',
      path: '/issuers',
      summary: 'Show the outside authorization servers whose tokens count here.',
      needs: 'see',
      input: z.object({}),
      output: z.object({ items: z.array(issuer) }),
      run: async () => ({
        items: trustedIssuers.map(({ issuer, audience, algorithms, levels, roles, groupRoles }) => ({
          issuer,
          audience: audience ?? fhirBase,
          ...(algorithms === undefined ? {} : { algorithms: [...algorithms] }),
          levels: [...levels],
          roles: [...new Set([...roles, ...Object.values(groupRoles).flat()])],
        })),
      }),
    }),
  }
}
