import type { Client } from '../../../clients/client.ts'
import type { Page } from '../../render.ts'
import { codeOf, developerSheet } from '../developer-page.ts'
import { ownAppPath } from '../paths.ts'
import type { DeveloperVisitor } from './door.ts'

/** A secret, shown once: it stands in no address and no cookie, and is gone with the page. */
export function ownSecretPage(
  { words, head }: DeveloperVisitor,
  { id, metadata }: Client,
  secret: string,
): Page {
  const { myApps } = words
  const said = myApps.secret
  return developerSheet(words, {
    user: head,
    title: said.shown(metadata.client_name),
    lead: said.lead,
    // Its address is that of a form: it cannot be asked for again.
    kept: false,
    sections: [
      {
        heading: said.value,
        codes: [codeOf(myApps.facts.id, id), codeOf(said.value, secret)],
        links: [{ text: said.next, href: ownAppPath(id) }],
      },
    ],
  })
}
