import type { Vocabulary } from '../../smart/scope.ts'
import type { ExplainWords } from '../../smart/words/explain-en.ts'
import type { SharedResources } from '../access/shared.ts'
import type { Definitions } from '../definitions/definitions.ts'
import type { FhirStore } from '../store/store.ts'

export type ExplainDeps = {
  definitions: Definitions
  vocabulary: Vocabulary
  fhirBase: string
  shared: SharedResources
  systems: Readonly<Record<string, string>>
  words: ExplainWords
  /** To look at the data too; without it, only rights are looked at. */
  store: FhirStore | undefined
}
