import type { Command } from 'commander'
import { migrate } from '../store/migrate.ts'
import { openDatabase } from '../store/open.ts'
import { configOf, print, type Terminal } from './terminal.ts'

export function migrateCommand(program: Command, terminal: Terminal): void {
  program
    .command('migrate')
    .description('Bring the database to this version. On SQLite the server does it by itself.')
    .option('--json', 'print JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const db = await openDatabase(configOf(terminal).databaseUrl, 0)
      try {
        const done = await migrate(db)
        print(terminal, json, { migrations: done }, () =>
          done.length === 0 ? 'The database is up to date.' : `Done: ${done.join(', ')}.`,
        )
      } finally {
        await db.close()
      }
    })
}
