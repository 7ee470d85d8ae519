import { datesIn } from '../../dates.ts'
import type { Page } from '../../render.ts'
import { adminPage } from '../admin-page.ts'
import type { Admin } from '../door.ts'
import { adminPaths } from '../paths.ts'

/** A secret, shown once: it stands in no address and no cookie, and is gone with the page. */
export function secretPage(
  admin: Admin,
  { id, name, secret, until }: { id: string; name: string; secret: string; until?: number | undefined },
): Page {
  const { words } = admin
  const said = words.admin.credentials.secret
  return adminPage(admin.frame, words, {
    part: 'apps',
    crumbs: [
      { name: words.admin.apps.title, href: adminPaths.apps },
      { name, href: adminPaths.app(id) },
    ],
    title: said.shown(name),
    view: 'admin/secret',
    // Its address is that of a form: it cannot be asked for again.
    kept: false,
    data: {
      heading: said.shown(name),
      id,
      secret,
      until: until === undefined ? undefined : said.untilOld(datesIn(words).moment(until).people),
      next: adminPaths.app(id, 'credentials'),
    },
  })
}
