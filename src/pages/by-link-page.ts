import type { Field } from './admin/parts.ts'
import type { Page } from './render.ts'
import type { Words } from './words/en.ts'

type Model = {
  /** Where it is posted, with the `token` of the link. */
  action: string
  token: string
  said: { title: string; lead: string; who: string; password: string; passwordHint: string; button: string }
  /** Before that of the password. */
  fields: readonly Field[]
  /** What is wrong, and with which field. */
  problem?: { of: string; text: string } | undefined
}

/** For whoever has a link to choose a password by; posts `token`, the fields, `password`. */
export function byLinkPage({ action, token, said, fields, problem }: Model, words: Words): Page {
  const password: Field = {
    name: 'password',
    label: said.password,
    hint: said.passwordHint,
    problem: problem?.of === 'password' ? problem.text : undefined,
    type: 'password',
    value: '',
    required: true,
    autocomplete: 'new-password',
  }
  return {
    layout: 'page',
    view: 'set-up',
    words,
    title: problem === undefined ? said.title : words.problem.title(said.title),
    // The address holds the link.
    kept: false,
    data: {
      said,
      action,
      token,
      problems: problem === undefined ? [] : [{ href: `#${problem.of}`, text: problem.text }],
      fields: [...fields, password],
    },
  }
}
