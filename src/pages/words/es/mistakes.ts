import type { MistakeWords } from '../../../launches/flight-mistakes.ts'
import { assertion } from './mistakes/assertion.ts'
import { authorize } from './mistakes/authorize.ts'
import { scope } from './mistakes/scopes.ts'
import { simulated } from './mistakes/simulated.ts'
import { token } from './mistakes/token.ts'

/** Los errores probables de un lanzamiento, para quien hace la aplicación. */
export const mistakes: MistakeWords = {
  byReason: { ...authorize, ...assertion, ...token, ...simulated },
  scope,
}
