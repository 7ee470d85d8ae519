import { type Command, Option } from 'commander'
import { createAuditChecks } from '../audit/checks.ts'
import { eventGroupNames } from '../audit/event-groups.ts'
import { createAuditLook } from '../audit/look.ts'
import type { House } from '../house.ts'
import { createLooks } from '../pages/admin/looks.ts'
import { auditOperations } from '../pages/admin/operations/audit.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { commandLine, inHouse, pageTable, print, type Terminal } from './terminal.ts'

type List = { most: string; json?: boolean } & Record<string, unknown>

/** Looking things up in the audit, as the console does. */
export function auditLookCommands(audit: Command, terminal: Terminal): void {
  audit
    .command('list')
    .description(
      'Look things up, the newest first; 5,000 entries are looked through at most, then --after leads on.',
    )
    .option('--from <date>', 'a date, or a date and time in UTC, e.g. 2026-03-01T12:00')
    .option('--to <date>', 'the same; a date counts with its whole day')
    .option('--event <word>', `one event, or a group: ${eventGroupNames.join(', ')}`)
    .addOption(new Option('--outcome <word>', 'how it ended').choices(['success', 'refused', 'error']))
    .option('--user <name>', 'a username or the id of a user')
    .option('--client <id>', 'an app')
    .option('--patient <id>', 'whose record')
    .option('--request <id>', 'as error pages and the log tell it')
    .option('--most <number>', 'how many, up to 200', '50')
    .option('--after <text>', '`next` of the answer before')
    .option('--json', 'print JSON')
    .action(({ json, most, ...wanted }: List) =>
      inHouse(terminal, async (house) => {
        const found = await perform(operationsIn(house).list, { ...wanted, limit: most }, commandLine)
        const names = await namesOf(found.items, house)
        const rows = found.items.map(({ seq, at, event, outcome, reason, user_id, client_id, patient }) => [
          String(seq),
          at,
          event,
          outcome,
          reason ?? '',
          names.get(user_id ?? '') ?? user_id ?? '-',
          client_id ?? '-',
          patient ?? '-',
        ])
        print(terminal, json, found, () =>
          pageTable(
            [['seq', 'time', 'event', 'outcome', 'reason', 'user', 'app', 'patient'], ...rows],
            found.next,
          ),
        )
      }),
    )
  audit
    .command('show')
    .description('Show one entry with all that it tells.')
    .argument('<seq>', 'its number')
    .option('--json', 'print JSON')
    .action((seq: string) =>
      inHouse(terminal, async (house) => {
        print(terminal, true, await perform(operationsIn(house).get, { seq }, commandLine), () => '')
      }),
    )
}

/** Usernames by id, as far as people are still there. */
async function namesOf(items: readonly { user_id?: string | undefined }[], { users }: House) {
  const ids = new Set(items.flatMap(({ user_id }) => user_id ?? []))
  const found = await Promise.all([...ids].map(async (id) => [id, (await users.find(id))?.username] as const))
  return new Map(found)
}

function operationsIn(house: House) {
  const { db, seal, log, users } = house
  return auditOperations({
    users,
    looks: createLooks(house),
    auditLook: createAuditLook(db),
    auditChecks: createAuditChecks({
      ...house,
      secret: () => seal.secretFor('audit'),
      failed: (error) => log.error({ err: error }, 'the audit could not be followed'),
    }),
  })
}
