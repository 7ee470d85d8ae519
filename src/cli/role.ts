import type { Command } from 'commander'
import { LanyardError } from '../lib/errors.ts'
import { instant } from '../lib/time.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { roleOperations } from '../pages/admin/operations/roles.ts'
import { builtInRoles } from '../smart/policy.ts'
import type { Role, RoleRegister } from '../users/roles.ts'
import { readJson } from './files.ts'
import { roleDepsOf, roleReviewCommands } from './role-review.ts'
import { commandLine, inHouse, print, type Terminal, table } from './terminal.ts'

type Json = { json?: boolean }

export function roleCommands(program: Command, terminal: Terminal): void {
  const role = program.command('role').description('What roles allow with the records.')

  role
    .command('add')
    .description('Add a role from a file.')
    .argument('<file>', 'JSON file')
    .option('--json', 'print JSON')
    .action((file: string, { json }: Json) =>
      inHouse(terminal, async ({ roles }) => {
        tell(await roles.add(readJson(terminal.folder, file), 'command'), json, 'Added')
      }),
    )
  role
    .command('list')
    .description('Show all roles, the server’s own first.')
    .option('--json', 'print JSON')
    .action(({ json }: Json) =>
      inHouse(terminal, async ({ roles }) => {
        const found = await roles.list()
        const own = builtInRoles.map((name) => [name, '-', '-', 'active', 'built in'])
        const rows = found.map(({ name, file, status, origin }) => [
          name,
          file.title,
          String(file.rules.length),
          status,
          origin,
        ])
        const all = [...builtInRoles.map((name) => ({ role: name, origin: 'built-in' })), ...found.map(shown)]
        print(terminal, json, all, () =>
          table([['role', 'title', 'rules', 'status', 'from'], ...own, ...rows]),
        )
      }),
    )
  role
    .command('show')
    .description('Show one role with its rules.')
    .argument('<role>')
    .option('--json', 'print JSON')
    .action((name: string, _options: Json) =>
      inHouse(terminal, async ({ roles }) => {
        print(terminal, true, shown(await known(roles, name)), () => '')
      }),
    )
  role
    .command('update')
    .description('Replace what a role allows by a file; it counts at the next request.')
    .argument('<role>')
    .argument('<file>', 'JSON file')
    .option('--json', 'print JSON')
    .action((name: string, file: string, { json }: Json) =>
      inHouse(terminal, async ({ roles }) => {
        refuseConfigured(await known(roles, name))
        tell(await roles.update(name, readJson(terminal.folder, file)), json, 'Updated')
      }),
    )
  role
    .command('disable')
    .description('Let a role allow nothing any more.')
    .argument('<role>')
    .option('--json', 'print JSON')
    .action((name: string, { json }: Json) =>
      inHouse(terminal, async ({ roles }) => {
        await known(roles, name)
        tell(await roles.setStatus(name, 'disabled'), json, 'Disabled')
      }),
    )
  role
    .command('enable')
    .description('Let a disabled role allow again what it says.')
    .argument('<role>')
    .option('--json', 'print JSON')
    .action((name: string, { json }: Json) =>
      inHouse(terminal, async ({ roles }) => {
        // Without its file the configuration folder no longer owns it, or would disable it at the next start.
        const origin = (await known(roles, name)).origin === 'config-gone' ? 'command' : undefined
        tell(await roles.setStatus(name, 'active', { origin }), json, 'Enabled')
      }),
    )
  role
    .command('remove')
    .description('Remove a role that nobody has.')
    .argument('<role>')
    .option('--json', 'print JSON')
    .action((name: string, { json }: Json) =>
      inHouse(terminal, async (house) => {
        const found = await known(house.roles, name)
        refuseConfigured(found)
        const { remove } = roleOperations(roleDepsOf(house))
        await perform(remove, { role: name, version: found.version }, commandLine)
        print(terminal, json, { removed: name }, () => `Removed ${name}.`)
      }),
    )
  roleReviewCommands(role, terminal)

  function tell(done: Role, json: boolean | undefined, verb: string): void {
    const { rules } = done.file
    const count = rules.length === 1 ? 'one rule' : `${rules.length} rules`
    print(terminal, json, shown(done), () => `${verb} ${done.name} (${done.file.title}), with ${count}.`)
  }
}

async function known(roles: RoleRegister, name: string): Promise<Role> {
  const found = await roles.find(name)
  if (found !== undefined) return found
  throw builtInRoles.some((own) => own === name)
    ? new LanyardError(
        'conflict',
        `The role "${name}" is one of the server's own; it has no rules to show or change.`,
      )
    : new LanyardError('not-found', `There is no role "${name}". \`lanyard role list\` shows all.`)
}

/** What a command changes and the next start changes back is not changed. */
function refuseConfigured({ name, origin }: Role): void {
  if (origin !== 'config') return
  throw new LanyardError(
    'conflict',
    `The role "${name}" comes from a file in the roles folder. Change or delete that file and restart the server; \`lanyard role disable ${name}\` works at once.`,
  )
}

/** As a file would say it, and what the register adds. */
function shown({ file, status, origin, created, updated }: Role): Record<string, unknown> {
  return { ...file, status, origin, created: instant(created), updated: instant(updated) }
}
