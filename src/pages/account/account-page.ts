import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'
import { accountPaths } from './paths.ts'

export type AccountTab = 'apps' | 'sessions' | 'security' | 'activity'

/** Whose pages these are. */
export type AccountModel = { user: NonNullable<Page['user']> }

type Content = Pick<Page, 'view' | 'data' | 'kept'> & { tab: AccountTab; title?: string }

/** One of a person's own pages: the tabs, their name and the way out around the content. */
export function accountPage(
  { user }: AccountModel,
  words: Words,
  { tab, title, data, ...page }: Content,
): Page {
  const tabs = words.account.tabs
  return {
    layout: 'account',
    words,
    title: title ?? tabs[tab],
    user,
    data: {
      ...data,
      tabs: (['apps', 'sessions', 'security', 'activity'] as const).map((name) => ({
        name: tabs[name],
        href: accountPaths[name],
        current: name === tab,
      })),
    },
    ...page,
  }
}
