/**
 * What people read as the name of somebody or something they trust: one line, in which no character turns the text
 * around it (Unicode TR9: the overrides, embeddings and isolates; letters of any script keep their own direction).
 */
export const plainLine = /^[^\p{Cc}\u202A-\u202E\u2066-\u2069]*$/u
export const NO_PLAIN_LINE = 'must have no control characters and no line breaks'
