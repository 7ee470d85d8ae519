import type { SearchType } from './types.ts'

/**
 * Which datatypes carry values for which type of search (R4 search §ptypes, the table under each). An
 * element that is a choice is searched only through those of its types that are listed here.
 */
export const SEARCHABLE = {
  number: ['integer', 'decimal', 'positiveInt', 'unsignedInt', 'Range'],
  date: ['date', 'dateTime', 'instant', 'Period', 'Timing'],
  string: ['string', 'markdown', 'HumanName', 'Address'],
  token: [
    'code',
    'boolean',
    'id',
    'string',
    'uri',
    'Coding',
    'CodeableConcept',
    'Identifier',
    'ContactPoint',
  ],
  reference: ['Reference', 'canonical', 'uri', 'Resource'],
  quantity: ['Quantity', 'Age', 'Count', 'Distance', 'Duration', 'Money', 'Range', 'SampledData'],
  uri: ['uri', 'url', 'canonical', 'oid', 'uuid'],
} as const satisfies Record<Exclude<SearchType, 'composite' | 'special'>, readonly string[]>
