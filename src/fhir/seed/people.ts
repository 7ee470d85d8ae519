import type { LANGUAGES } from './facts/names.ts'

/** A relative as the record names them: HL7 v3 RoleCode, given and family name. */
export type Kin = { role: 'MTH' | 'FTH' | 'SPS' | 'CHILD'; given: string; family: string }

/** What is settled about a person of the drawings; the rest is drawn by lot as for anyone. */
export type Named = {
  id: string
  given: readonly string[]
  family: string
  sex: 'female' | 'male'
  birth: string
  mrn: string
  language?: keyof typeof LANGUAGES
  /** Where a family lives together. */
  home?: { phone: string; line: string; city: string; postalCode: string }
  kin: readonly Kin[]
  /** The names of their stories. */
  stories: readonly string[]
}

const LINDQVISTS = {
  phone: '+1-207-555-0118',
  line: '14 Ferry Street',
  city: 'Alder Valley',
  postalCode: '04901',
}
const ANA = { given: 'Ana', family: 'Lindqvist' }
const MARTA = { given: 'Marta', family: 'Lindqvist' }
const ANDERS = { given: 'Anders', family: 'Lindqvist' }

/** The people of the drawings: the first patients of every hospital. */
export const NAMED: readonly Named[] = [
  {
    id: 'ana-lindqvist',
    given: ['Ana', 'Sofia'],
    family: 'Lindqvist',
    sex: 'female',
    birth: '2014-03-14',
    mrn: '104-882-17',
    home: LINDQVISTS,
    kin: [
      { role: 'MTH', ...MARTA },
      { role: 'FTH', ...ANDERS },
    ],
    stories: ['ana'],
  },
  {
    id: 'marta-lindqvist',
    given: ['Marta'],
    family: 'Lindqvist',
    sex: 'female',
    birth: '1983-06-21',
    mrn: '100-317-60',
    home: LINDQVISTS,
    kin: [
      { role: 'SPS', ...ANDERS },
      { role: 'CHILD', ...ANA },
    ],
    stories: ['healthy-adult', 'hypothyroidism'],
  },
  {
    id: 'anders-lindqvist',
    given: ['Anders'],
    family: 'Lindqvist',
    sex: 'male',
    birth: '1979-09-02',
    mrn: '100-317-52',
    home: LINDQVISTS,
    kin: [
      { role: 'SPS', ...MARTA },
      { role: 'CHILD', ...ANA },
    ],
    stories: ['diabetes', 'hypertension'],
  },
  {
    id: 'ove-lindstrom',
    given: ['Ove'],
    family: 'Lindström',
    sex: 'male',
    birth: '1941-06-08',
    mrn: '097-220-64',
    language: 'sv',
    kin: [{ role: 'SPS', given: 'Gunilla', family: 'Lindström' }],
    stories: ['heart-failure', 'kidney-disease'],
  },
  {
    id: 'maja-lindgren',
    given: ['Maja'],
    family: 'Lindgren',
    sex: 'female',
    birth: '2025-11-30',
    mrn: '118-940-03',
    kin: [{ role: 'MTH', given: 'Elsa', family: 'Lindgren' }],
    stories: ['healthy-child'],
  },
  {
    id: 'elif-demir',
    given: ['Elif'],
    family: 'Demir',
    sex: 'female',
    birth: '1988-01-19',
    mrn: '109-115-80',
    language: 'tr',
    kin: [{ role: 'SPS', given: 'Kerem', family: 'Demir' }],
    stories: ['pregnancy'],
  },
  {
    id: 'tomas-berg',
    given: ['Tomas'],
    family: 'Berg',
    sex: 'male',
    birth: '1962-05-05',
    mrn: '095-671-22',
    kin: [{ role: 'SPS', given: 'Annika', family: 'Berg' }],
    stories: ['copd', 'substance-use'],
  },
  {
    id: 'noor-aziz',
    given: ['Noor'],
    family: 'Aziz',
    sex: 'female',
    birth: '2001-10-27',
    mrn: '112-408-39',
    language: 'ar',
    kin: [{ role: 'MTH', given: 'Hala', family: 'Aziz' }],
    stories: ['depression'],
  },
  {
    // Marta's elder child: the name is his father's, the home is the Lindqvists'.
    id: 'elias-holm',
    given: ['Elias'],
    family: 'Holm',
    sex: 'male',
    birth: '2011-09-05',
    mrn: '101-556-48',
    home: LINDQVISTS,
    kin: [{ role: 'MTH', ...MARTA }],
    stories: ['healthy-child', 'asthma'],
  },
]

/** The story of the drawings cannot start before its youngest patient is born. */
export const EARLIEST_ANCHOR = '2026-01-01'
