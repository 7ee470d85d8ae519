import { webLink } from '../app-face.ts'
import type { Page } from '../render.ts'
import type { Words } from '../words/en.ts'

export type SignedOutModel = {
  /** The app that sent its user to sign out, and where it wants them back. */
  client?: { name: string; returnTo: string } | undefined
  /** Where to sign in again. */
  signIn: string
}

/** Says that somebody is signed out. */
export function signedOutPage({ client, signIn }: SignedOutModel, words: Words): Page {
  const { gone } = words.signIn
  return {
    layout: 'flow',
    view: 'sign-in/signed-out',
    words,
    title: gone.title,
    data: { back: client && { href: webLink(client.returnTo), text: gone.back(client.name) }, signIn },
  }
}
