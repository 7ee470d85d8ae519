import type Router from '@koa/router'
import type { RequestState } from '../../../observe/request-context.ts'
import type { AdminDoor } from '../door.ts'
import { perform } from '../operations/operation.ts'
import type { AdminOperations } from '../operations/table.ts'
import { adminPaths } from '../paths.ts'
import { sheetPage } from '../sheet.ts'

/** The authorization servers whose tokens count here, as the configuration names them. */
export function issuersRoutes(
  router: Router<RequestState>,
  { get }: AdminDoor,
  { operations }: { operations: Pick<AdminOperations, 'issuers'> },
): void {
  router.get(
    adminPaths.issuers,
    get(async (_, { words, frame, actor }) => {
      const said = words.admin.people.issuers
      const { items } = await perform(operations.issuers.list, {}, actor)
      const columns = (['issuer', 'algorithms', 'audience', 'levels', 'roles'] as const).map((id) => ({
        label: said.columns[id],
      }))
      const rows = items.map(({ issuer, algorithms, audience, levels, roles }) => [
        { code: issuer },
        { text: algorithms?.join(', ') ?? said.byDefault },
        { code: audience },
        { text: levels.join(', ') },
        { text: roles.join(', ') || '–' },
      ])
      return sheetPage(frame, words, {
        part: 'issuers',
        title: said.title,
        lead: said.lead,
        sections:
          items.length === 0
            ? []
            : [{ heading: said.caption, table: { caption: said.caption, columns, rows } }],
        empty:
          items.length === 0
            ? {
                ...said.empty,
                icon: 'shield',
                link: { text: words.admin.settings.title, href: adminPaths.settings },
              }
            : undefined,
      })
    }),
  )
}
