import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { type NavItem, navGroups } from './nav.ts'
import type { Role } from './operations/operation.ts'

/** What every page of the console shows around its content. */
export type AdminFrame = {
  user: { name: string }
  role: Role
  /** How many things wait in which part. */
  waiting: Readonly<Partial<Record<NavItem, number>>>
}

type Content = Pick<Page, 'view' | 'data' | 'kept' | 'title'> & {
  /** The part of the console that it belongs to. */
  part: NavItem
  /** The way to it, without itself. */
  crumbs?: readonly { name: string; href: string }[]
}

/** One page of the console: the navigation, where one is, and the content. */
export function adminPage(
  { user, role, waiting }: AdminFrame,
  words: Words,
  { part, crumbs = [], data, ...page }: Content,
): Page {
  const { nav, groups, items, auditor } = words.admin.frame
  return {
    layout: 'admin',
    words,
    user: { name: user.name, signOut: '/account/sign-out' },
    data: {
      ...data,
      frame: {
        nav,
        role: role === 'auditor' ? auditor : undefined,
        groups: navGroups.map(({ id, items: all }) => ({
          id,
          title: groups[id],
          items: all.map((item) => ({
            href: item.href,
            icon: item.icon,
            name: items[item.id],
            current: item.id === part,
            waiting: waiting[item.id] ?? 0,
          })),
        })),
      },
      crumbs,
    },
    ...page,
  }
}
