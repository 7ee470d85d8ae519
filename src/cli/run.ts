import { Command, CommanderError } from 'commander'
import { LanyardError } from '../lib/errors.ts'
import { databaseTrouble } from '../store/trouble.ts'
import { apiKeyCommands } from './api-key.ts'
import { auditCommands } from './audit.ts'
import { brandingCommands } from './branding.ts'
import { clientCommands } from './client.ts'
import { doctorCommand } from './doctor.ts'
import { explainCommand } from './explain.ts'
import { exportCommand } from './export.ts'
import { flightCommands } from './flight.ts'
import { importCommand } from './import.ts'
import { issuerCommands } from './issuer.ts'
import { keysCommands } from './keys.ts'
import { launchCommands } from './launch.ts'
import { migrateCommand } from './migrate.ts'
import { roleCommands } from './role.ts'
import { seedCommand } from './seed.ts'
import { serveCommand } from './serve.ts'
import { settingsCommand } from './settings.ts'
import { statusCommand } from './status.ts'
import type { Terminal } from './terminal.ts'
import { tokenCommand } from './token.ts'
import { userCommands } from './user.ts'

/**
 * Runs one command line.
 * @param words what stands behind `lanyard`
 * @returns the exit code: 0 done, 1 failed, 2 wrong use
 */
export async function run(words: readonly string[], terminal: Terminal): Promise<number> {
  const json = words.includes('--json')
  const program = programOf(terminal, json)
  try {
    await program.parseAsync(words, { from: 'user' })
    return terminal.exitCode
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    const wrongUse = error instanceof CommanderError
    // Commander has told people already what is wrong with their words.
    if (json) terminal.err.write(`${JSON.stringify({ error: problemOf(error) })}\n`)
    else if (!wrongUse) terminal.err.write(`${problemOf(error).message}\n`)
    return wrongUse ? 2 : 1
  }
}

/**
 * All commands.
 * @param json whether mistakes are told as JSON, and so not by commander
 */
export function programOf(terminal: Terminal, json: boolean): Command {
  const program = new Command('lanyard')
    .description('A SMART on FHIR authorization server with a FHIR R4 server that enforces every scope.')
    .version(version(), '-V, --version')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => terminal.out.write(text),
      writeErr: (text) => json || terminal.err.write(text),
    })
  for (const add of [
    serveCommand,
    tokenCommand,
    clientCommands,
    userCommands,
    roleCommands,
    explainCommand,
    launchCommands,
    flightCommands,
    keysCommands,
    apiKeyCommands,
    issuerCommands,
    auditCommands,
    statusCommand,
    settingsCommand,
    brandingCommands,
    migrateCommand,
    doctorCommand,
    importCommand,
    exportCommand,
    seedCommand,
  ]) {
    add(program, terminal)
  }
  return program
}

/** What went wrong, for whoever typed the command; a stack only for what nobody foresaw. */
function problemOf(error: unknown): { code: string; message: string } {
  if (error instanceof LanyardError) return { code: error.code, message: error.message }
  if (error instanceof CommanderError)
    return { code: 'usage', message: error.message.replace(/^error: /, '') }
  const trouble = databaseTrouble(error)
  if (trouble !== undefined) return { code: 'configuration', message: trouble }
  return {
    code: 'internal',
    message: error instanceof Error ? (error.stack ?? error.message) : String(error),
  }
}

function version(): string {
  return '0.1.0'
}
