import { kindOf } from '../../../../smart/consent-text.ts'
import { letters } from '../../../../smart/letters.ts'
import { consentWordsIn } from '../../../../smart/words/languages.ts'
import type { Words } from '../../../words/en.ts'
import type { RuleMatrix } from '../../parts.ts'
import type { RuleDraft } from './draft.ts'

/** Rules as a table, by kinds of records and letters. */
export function matrixOf(rules: readonly RuleDraft[], words: Words): RuleMatrix {
  const { page } = words.admin.roles
  const names = words.admin.access.letters
  return {
    caption: page.matrixCaption,
    columns: {
      types: page.columns.types,
      letters: letters.map((letter) => names[letter]),
      where: page.columns.where,
      hide: page.columns.hide,
    },
    rows: rules.map((rule) => ({
      types: rule.types.map((type) => typeOf(type, words)),
      letters: letters.map((letter) => ({ name: names[letter], may: rule.letters.includes(letter) })),
      where: rule.where,
      hide: rule.hide,
      writable: rule.letters.includes('u') ? rule.writable : [],
    })),
    all: page.all,
    none: page.nothingHidden,
    changing: page.changing,
  }
}

/** A FHIR type with what people call it; the type alone where that is its own name. */
function typeOf(type: string, words: Words): { name: string; code: string | undefined } {
  if (type === '*') return { name: words.admin.access.everyType, code: undefined }
  const { title } = kindOf(type, consentWordsIn(words.lang))
  const name = typeof title === 'string' ? title : title({ who: 'everyone' })
  return { name, code: name === type ? undefined : type }
}
