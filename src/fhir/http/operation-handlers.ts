import type { Access } from '../access/access.ts'
import { type EverythingRule, everything } from './everything-handler.ts'
import type { Exchange } from './exchange.ts'
import type { OperationName } from './operations.ts'
import type { Pairs } from './parameters.ts'
import type { Answer } from './preference.ts'
import type { OperationRoute } from './route.ts'
import type { SearchDeps } from './search-handler.ts'
import { validate } from './validate-handler.ts'
import type { WriteDeps } from './write-handler.ts'

export type OperationDeps = { searching: SearchDeps; writing: WriteDeps; everything: EverythingRule }

type OperationHandler = (
  exchange: Exchange,
  access: Access,
  route: OperationRoute,
  parameters: Pairs,
  deps: OperationDeps,
) => Promise<Answer>

/** What carries out each operation of operations.ts. */
export const operationHandlers: Readonly<Record<OperationName, OperationHandler>> = {
  everything: (exchange, access, route, parameters, { searching, everything: rule }) =>
    everything(exchange, access, route, parameters, { ...searching, everything: rule }),
  validate: (exchange, access, route, parameters, { writing }) =>
    validate(exchange, access, route, parameters, writing),
}
