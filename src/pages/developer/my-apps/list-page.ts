import { endingsOf } from '../../../clients/ending.ts'
import type { ListedClient } from '../../../clients/overview.ts'
import type { Reminder } from '../../../clients/reminders.ts'
import { endCell } from '../../admin/apps/key-fields.ts'
import { statusBadge } from '../../admin/apps/list-page.ts'
import type { Notice } from '../../admin/parts.ts'
import { faceOf } from '../../app-face.ts'
import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import { appOf } from '../../sign-in/apps.ts'
import { developerSheet } from '../developer-page.ts'
import { developerPaths, ownAppPath } from '../paths.ts'
import type { DeveloperVisitor } from './door.ts'
import { remindersSection } from './reminders.ts'

/** The apps of a developer, by name. */
export function ownAppsPage(
  visitor: DeveloperVisitor,
  apps: readonly ListedClient[],
  reminders: readonly Reminder[],
  now: number,
  notice: Notice | undefined,
): Page {
  const { words, head } = visitor
  const said = words.myApps
  return developerSheet(words, {
    user: head,
    title: said.title,
    lead: said.lead,
    notice,
    act: { text: said.new, href: developerPaths.newApp },
    empty: apps.length === 0 ? { ...said.none, icon: 'app' } : undefined,
    sections:
      apps.length === 0
        ? []
        : [
            ...remindersSection(visitor, reminders, apps, now),
            {
              heading: said.list,
              table: {
                caption: said.list,
                columns: (['app', 'kind', 'status', 'ends', 'used'] as const).map((id) => ({
                  label: said.columns[id],
                })),
                rows: apps.map((app) => rowOf(app)),
              },
            },
          ],
  })

  function rowOf(app: ListedClient) {
    const { id, metadata, kind, status, used } = app
    const ends = endingsOf(app).map(({ end }) => end)
    return [
      { app: faceOf(appOf(app)), text: metadata.client_name, href: ownAppPath(id), code: id },
      { text: words.admin.apps.kinds[kind] },
      { badges: [statusBadge(status, words)] },
      ends.length === 0 ? { text: said.noEnd, muted: true } : endCell(Math.min(...ends), now, words),
      used === undefined
        ? { text: words.admin.apps.never, muted: true }
        : { text: datesIn(words).since(used, now) },
    ]
  }
}
