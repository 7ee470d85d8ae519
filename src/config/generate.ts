/** Writes config/README.md from the schema of the settings: `npx node src/config/generate.ts`. */
import { writeFileSync } from 'node:fs'
import { configReference } from './document.ts'

writeFileSync(new URL('../../config/README.md', import.meta.url), configReference())
