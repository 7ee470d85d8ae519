import type { SearchType } from './types.ts'

/**
 * Which datatypes carry values for which type of search (R4 §3.1.1.4, the tables under each type). An
 * element that is a choice is searched only through those of its types that are listed here.
 */
export const SEARCHABLE: Record<Exclude<SearchType, 'composite' | 'special'>, readonly string[]> = {
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
}
