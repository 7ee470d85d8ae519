import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'

export type SignOutModel = {
  /** Where the form is posted to. */
  action: string
  /** What it posts, hidden: `csrf`, and what the logout endpoint wants. */
  fields: Readonly<Record<string, string>>
  /** The address for those who stay. */
  stay?: string | undefined
}

/** Asks whether somebody wants to sign out. */
export function signOutPage({ action, fields, stay }: SignOutModel, words: Words): Page {
  return {
    layout: 'flow',
    view: 'sign-in/sign-out',
    words,
    title: words.signIn.out.title,
    data: { action, fields: Object.entries(fields), stay },
  }
}
