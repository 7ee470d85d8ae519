import { Command, CommanderError } from 'commander'
import { LanyardError } from '../lib/errors.ts'
import { clientCommands } from './client.ts'
import { doctorCommand } from './doctor.ts'
import { keysCommands } from './keys.ts'
import { migrateCommand } from './migrate.ts'
import { serveCommand } from './serve.ts'
import type { Terminal } from './terminal.ts'
import { tokenCommand } from './token.ts'

/**
 * Runs one command line.
 * @returns the exit code: 0 done, 1 failed, 2 wrong use
 */
export async function run(argv: string[], environment: NodeJS.ProcessEnv, folder: string): Promise<number> {
  const terminal: Terminal = { environment, folder, out: process.stdout, err: process.stderr }
  const program = new Command('lanyard')
    .description('A SMART on FHIR authorization server with a FHIR R4 server that enforces every scope.')
    .version(version(), '-V, --version')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
  for (const add of [
    serveCommand,
    tokenCommand,
    clientCommands,
    keysCommands,
    migrateCommand,
    doctorCommand,
  ]) {
    add(program, terminal)
  }
  try {
    await program.parseAsync(argv)
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    terminal.err.write(`${sentenceOf(error)}\n`)
    return 1
  }
}

/** What went wrong, for whoever typed the command; a stack only for what nobody foresaw. */
function sentenceOf(error: unknown): string {
  if (error instanceof LanyardError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function version(): string {
  return '0.1.0'
}
