import { type Client, kindOf } from '../../../clients/client.ts'
import { faceOf } from '../../app-face.ts'
import type { Page } from '../../render.ts'
import { appOf } from '../../sign-in/apps.ts'
import { adminPage } from '../admin-page.ts'
import type { Admin } from '../door.ts'
import type { Badge } from '../parts.ts'
import { adminPaths } from '../paths.ts'
import { statusBadge } from './list-page.ts'

export const appTabs = ['settings', 'credentials', 'access', 'use'] as const
export type AppTab = (typeof appTabs)[number]

/** What each tab of an app is about, and who looks at it. */
export type AppView = { client: Client; admin: Admin }

/** One tab of an app: its name and state, the tabs, and the content. */
export function appPage(
  { client, admin }: AppView,
  { tab, failed, data, ...page }: Pick<Page, 'view' | 'data' | 'kept'> & { tab: AppTab; failed?: boolean },
): Page {
  const { words } = admin
  const { app, apps } = words.admin
  const { id, metadata, status } = client
  const name = metadata.client_name
  const title = app.title(app.tabs[tab], name)
  const trust: Badge =
    metadata.verified === true
      ? { tone: 'ok', text: words.verified, mark: 'shield' }
      : { tone: 'warn', text: words.unverified, mark: 'alert' }
  return adminPage(admin.frame, words, {
    part: 'apps',
    crumbs: [{ name: apps.title, href: adminPaths.apps }],
    title: failed === true ? words.problem.title(title) : title,
    ...page,
    data: {
      ...data,
      app: {
        face: faceOf(appOf(client)),
        name,
        id,
        badges: [statusBadge(status, words), trust, { tone: '', text: apps.kinds[kindOf(metadata)] }],
        tryIt:
          admin.mayChange && status === 'active' && metadata.launch_uris !== undefined
            ? `${adminPaths.simulator}?${new URLSearchParams({ app: id })}`
            : undefined,
        configured: client.origin === 'config' ? app.configured : undefined,
      },
      appTabs: appTabs.map((one) => ({
        name: app.tabs[one],
        href: adminPaths.app(id, one),
        current: one === tab,
      })),
      mayChange: admin.mayChange && client.origin !== 'config',
      csrf: admin.csrf,
      version: client.version,
    },
  })
}
