import { type Concept, concept, RXNORM, SNOMED, table } from '../codes.ts'

type Row = readonly [
  system: string,
  code: string,
  category: 'food' | 'medication' | 'environment',
  reaction: keyof typeof REACTIONS,
  severity: 'mild' | 'moderate' | 'severe',
]

const REACTIONS = {
  hives: concept(SNOMED, '126485001 Urticaria'),
  rash: concept(SNOMED, '271807003 Eruption of skin'),
  anaphylaxis: concept(SNOMED, '39579001 Anaphylaxis'),
  nausea: concept(SNOMED, '422587007 Nausea'),
  wheeze: concept(SNOMED, '56018004 Wheezing'),
  sneezing: concept(SNOMED, '76067001 Sneezing'),
}

const ROWS = {
  peanut: [SNOMED, '762952008 Peanut', 'food', 'anaphylaxis', 'severe'],
  egg: [SNOMED, '102263004 Eggs (edible)', 'food', 'hives', 'mild'],
  shellfish: [SNOMED, '735029006 Shellfish', 'food', 'hives', 'moderate'],
  penicillin: [RXNORM, '7980 penicillin G', 'medication', 'rash', 'moderate'],
  amoxicillin: [RXNORM, '723 amoxicillin', 'medication', 'rash', 'moderate'],
  sulfonamide: [RXNORM, '10831 sulfamethoxazole / trimethoprim', 'medication', 'rash', 'moderate'],
  ibuprofen: [RXNORM, '5640 ibuprofen', 'medication', 'wheeze', 'moderate'],
  codeine: [RXNORM, '2670 codeine', 'medication', 'nausea', 'mild'],
  latex: [SNOMED, '111088007 Latex', 'environment', 'hives', 'moderate'],
  grassPollen: [SNOMED, '256277009 Grass pollen', 'environment', 'sneezing', 'mild'],
  beeVenom: [SNOMED, '288328004 Bee venom', 'environment', 'anaphylaxis', 'severe'],
} as const satisfies Record<string, Row>

export type AllergenName = keyof typeof ROWS
export type Allergen = { code: Concept; category: string; reaction: Concept; severity: string }

export const ALLERGENS = table<AllergenName, Row, Allergen>(
  ROWS,
  ([system, code, category, reaction, severity]) => ({
    code: concept(system, code),
    category,
    reaction: REACTIONS[reaction],
    severity,
  }),
)
export const NO_KNOWN_ALLERGY = concept(SNOMED, '716186003 No known allergy')
