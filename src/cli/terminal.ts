import type { Readable, Writable } from 'node:stream'
import { type Config, loadConfig } from '../config/load.ts'
import { type House, openHouse } from '../house.ts'
import { systemClock } from '../lib/time.ts'
import { createLog } from '../observe/log.ts'
import type { Actor } from '../pages/admin/operations/operation.ts'

/** Where a command runs: its environment, its folder, and where it listens and speaks. */
export type Terminal = {
  environment: NodeJS.ProcessEnv
  folder: string
  in: Readable & { isTTY?: boolean }
  out: Writable
  err: Writable
  /** 0, unless the command did its work and found something that is wrong. */
  exitCode: number
}

/** Who acts by the command line, for the operations of the admin API: whoever may open the database is an admin. */
export const commandLine: Actor = { role: 'admin', clientId: 'command' }

/** Opens the house for one command and closes it again; threads are not needed for that. */
export async function inHouse<T>(terminal: Terminal, act: (house: House) => Promise<T>): Promise<T> {
  const config = configOf(terminal)
  const house = await openHouse({ ...config, workers: 0 }, createLog('silent'), systemClock)
  try {
    return await act(house)
  } finally {
    await house.close()
  }
}

export function configOf({ environment, folder }: Terminal): Config {
  return loadConfig(environment, folder)
}

/** A result for machines or for people. */
export function print(
  terminal: Terminal,
  json: boolean | undefined,
  value: unknown,
  words: () => string,
): void {
  terminal.out.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${words()}\n`)
}

/** Rows under each other, columns aligned. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (found, row) => row.map((cell, column) => Math.max(found[column] ?? 0, cell.length)),
    [],
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** A page of a list for people: its rows, and how the command goes on. */
export function pageTable(rows: readonly (readonly string[])[], next: string | undefined): string {
  return [table(rows), ...(next === undefined ? [] : [`More: --after ${next}`])].join('\n')
}
