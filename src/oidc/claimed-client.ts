import { clientId } from '../clients/metadata.ts'
import type { Client } from '../clients/registry.ts'

/** Beyond it, what stands in the place of an unknown id may be a secret or a token: ours have 43 and 47. */
const LONGEST = 40

/** Who a caller says it is, as a detail for log and audit. */
export function claimedClient(id: string, found: Client | undefined): string {
  if (found !== undefined) return `client ${found.id}`
  return clientId.test(id) && id.length <= LONGEST ? `client ${id}` : 'client (not an id)'
}
