import type { Page } from './render.ts'
import type { Words } from './words/en.ts'

/** Help for whoever arrives here, and what is to be said about the pages themselves. */
export function helpPage(words: Words): Page {
  const { help } = words
  const { app, developer, operator, privacy, accessibility } = help
  return {
    layout: 'page',
    view: 'help',
    words,
    title: help.title,
    data: {
      sections: Object.entries({ app, developer, operator, privacy, accessibility }).map(
        ([id, { title, sentences }]) => ({ id, title, sentences }),
      ),
    },
  }
}
