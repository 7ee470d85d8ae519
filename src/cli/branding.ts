import type { Command } from 'commander'
import type { House } from '../house.ts'
import { brandingOperations } from '../pages/admin/operations/branding.ts'
import { perform } from '../pages/admin/operations/operation.ts'
import { readBytes } from './files.ts'
import { commandLine, inHouse, print, type Terminal } from './terminal.ts'

type Why = { reason?: string; json?: boolean }
type Shown = {
  name?: string | undefined
  accent?: string | undefined
  logo?: string | undefined
  version: number
}

export function brandingCommands(program: Command, terminal: Terminal): void {
  const branding = program.command('branding').description('How the site looks: name, accent colour, logo.')

  branding
    .command('show')
    .description('Show what was set; the rest is as it comes.')
    .option('--json', 'print JSON')
    .action(({ json }: Why) => inHouse(terminal, async (house) => tell(await now(house), json)))
  branding
    .command('set')
    .description('Set the name and the accent colour; "" is as it comes, and what is not said stays.')
    .option('--name <text>', 'whose server it is')
    .option('--accent <colour>', 'like #0b5c6b; text in it must be readable (4.5 : 1)')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action(({ name, accent, reason, json }: Why & { name?: string; accent?: string }) =>
      inHouse(terminal, async (house) => {
        const before = await now(house)
        const given = {
          name: chosen(name, before.name),
          accent: chosen(accent, before.accent),
          version: before.version,
          reason,
        }
        tell(await perform(operationsIn(house).update, given, commandLine), json)
      }),
    )
  branding
    .command('logo')
    .description('Keep a copy of a logo (PNG, JPEG, WebP, or SVG of plain shapes, at most 64 kB), or none.')
    .argument('[file]', 'the picture; without it, there is no logo any more')
    .option('--reason <text>', 'why, for the audit')
    .option('--json', 'print JSON')
    .action((file: string | undefined, { reason, json }: Why) =>
      inHouse(terminal, async (house) => {
        const content = file === undefined ? null : readBytes(terminal.folder, file).toString('base64')
        const { version } = await now(house)
        tell(await perform(operationsIn(house).setLogo, { content, version, reason }, commandLine), json)
      }),
    )

  function tell(shown: Shown, json: boolean | undefined): void {
    print(terminal, json, shown, () =>
      [
        `Name: ${shown.name ?? 'as it comes'}`,
        `Accent colour: ${shown.accent ?? 'as it comes'}`,
        `Logo: ${shown.logo === undefined ? 'as it comes' : `/logos/${shown.logo}`}`,
      ].join('\n'),
    )
  }
}

function operationsIn({ brand: register }: House) {
  // Commands do not look at what running servers have at hand, only at the register.
  return brandingOperations({ branding: { register } })
}

async function now(house: House): Promise<Shown> {
  return await perform(operationsIn(house).get, {}, commandLine)
}

/** What is said, nothing for empty words, and otherwise what there was. */
function chosen(said: string | undefined, before: string | undefined): string | null {
  return said === undefined ? (before ?? null) : said.trim() === '' ? null : said
}
