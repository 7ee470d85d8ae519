/** Whose records a line speaks about, and to whom. */
export type About =
  | { readonly who: 'self' | 'patient' | 'everyone' }
  /** By first name. */
  | { readonly who: 'named'; readonly name: string }

/** A text, or one that names the person it is about. */
export type Said = string | ((about: About) => string)

/** The nouns of a count; the plural rules of the language choose (Intl.PluralRules). */
export type Noun = { readonly one: string; readonly other: string }

/** A kind of records in plain words: a short text, a long one (AUTHZ-16), and what is counted. */
export type Kind = { readonly title: Said; readonly hint: Said; readonly noun: Noun }

export function kind(title: Said, hint: Said, one: string, other: string): Kind {
  return { title, hint, noun: { one, other } }
}
