#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// The first thing of all: on an older Node the modules below would fail with riddles.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Lanyard needs Node 22.18 or newer, and this is ${process.versions.node}. Run it by \`npm start\` or \`npx lanyard …\` after \`npm ci\`: they use the Node that the project brings along.\n`,
  )
  process.exit(1)
}
// What Lanyard writes are health data and keys: for its own user only.
process.umask(0o077)
// Keeps the compiled form of our modules between starts.
enableCompileCache()
const { run } = await import('./cli/run.ts')
process.exitCode = await run(process.argv.slice(2), {
  environment: process.env,
  folder: process.cwd(),
  in: process.stdin,
  out: process.stdout,
  err: process.stderr,
  exitCode: 0,
})
