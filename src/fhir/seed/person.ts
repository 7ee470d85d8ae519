import { type Day, dayOf, YEAR, years } from './calendar.ts'
import { HERITAGES, type Heritage, type LANGUAGES, STREETS, slug, TOWNS } from './facts/names.ts'
import { type Kin, NAMED, type Named } from './people.ts'
import { mix, type Random } from './random.ts'

export type Person = {
  index: number
  id: string
  mrn: string
  sex: 'female' | 'male'
  birth: Day
  /** Whole years at the end of the story. */
  age: number
  given: readonly string[]
  family: string
  maidenName: string | undefined
  prefix: string | undefined
  suffix: string | undefined
  heritage: Heritage
  language: keyof typeof LANGUAGES
  /** HL7 v3 MaritalStatus; children have none. */
  marital: 'M' | 'S' | 'D' | 'W' | undefined
  phone: string
  mail: string | undefined
  address: { line: string; city: string; postalCode: string }
  died: Day | undefined
  kin: readonly Kin[]
  named: Named | undefined
}

/** Years of age with their share of the hospital's patients. */
const AGE_BANDS: readonly (readonly [weight: number, band: readonly [number, number]])[] = [
  [4, [0.05, 1]],
  [24, [1, 18]],
  [32, [18, 45]],
  [22, [45, 65]],
  [14, [65, 80]],
  [4, [80, 97]],
]

/** The patient at `index`: the same one in a hospital of any size. */
export function person(index: number, seed: number, anchor: Day, random: Random): Person {
  const named = NAMED[index]
  const [from, to] = random.weighted(AGE_BANDS)
  const birth = named ? dayOf(named.birth) : anchor - Math.round((from + random.next() * (to - from)) * YEAR)
  const age = years(birth, anchor)
  const sex = named?.sex ?? (random.chance(0.52) ? 'female' : 'male')
  const heritage = random.weighted(HERITAGES)
  const family = named?.family ?? familyName(heritage, random)
  const given = named?.given ?? givenNames(heritage, sex, random)
  const marital = age < 18 ? undefined : maritalStatus(age, random)
  const [city, postalCode] = random.pick(TOWNS)
  const dies = !named && random.chance(age >= 70 ? 0.09 : age >= 45 ? 0.015 : 0)
  return {
    index,
    id: named?.id ?? `p${mix(seed, index).toString(36).padStart(7, '0')}`,
    mrn: named?.mrn ?? recordNumber(index),
    sex,
    birth,
    age,
    given,
    family,
    maidenName:
      !named && sex === 'female' && marital === 'M' && random.chance(0.4)
        ? familyName(random.weighted(HERITAGES), random)
        : undefined,
    prefix:
      age >= 30 && random.chance(0.05)
        ? random.chance(0.5)
          ? 'Dr.'
          : sex === 'female'
            ? 'Mrs.'
            : 'Mr.'
        : undefined,
    suffix: !named && sex === 'male' && random.chance(0.03) ? random.pick(['Jr.', 'III']) : undefined,
    heritage,
    language: named
      ? (named.language ?? 'en')
      : heritage.language && random.chance(0.4)
        ? heritage.language
        : 'en',
    marital: named && marital ? (named.kin.some((kin) => kin.role === 'SPS') ? 'M' : 'S') : marital,
    phone: named?.home?.phone ?? `+1-207-555-01${String(random.whole(0, 99)).padStart(2, '0')}`,
    mail: age >= 16 && random.chance(0.7) ? `${slug(`${given[0]} ${family}`)}@mail.example` : undefined,
    address: named?.home ?? {
      line: `${random.whole(1, 240)} ${random.pick(STREETS)} Street`,
      city,
      postalCode,
    },
    died: dies ? anchor - random.whole(15, 600) : undefined,
    kin: named?.kin ?? relatives(family, age, sex, marital, heritage, random),
    named,
  }
}

/** The name as a person would say it. */
export function fullName(person: { given: readonly string[]; family: string }): string {
  return `${person.given[0]} ${person.family}`
}

/** Numbers that look drawn by lot but never meet: the step and 10^8 have no common divisor. */
function recordNumber(index: number): string {
  const digits = String((20_718_281 + index * 61_803_463) % 100_000_000).padStart(8, '0')
  return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`
}

function familyName(heritage: Heritage, random: Random): string {
  const name = random.pick(heritage.family)
  return random.chance(heritage.hispanic ? 0.3 : 0.04) ? `${name}-${random.pick(heritage.family)}` : name
}

function givenNames(heritage: Heritage, sex: 'female' | 'male', random: Random): string[] {
  const first = random.pick(heritage[sex])
  const second = random.pick(heritage[sex])
  return random.chance(0.45) && second !== first ? [first, second] : [first]
}

function maritalStatus(age: number, random: Random): 'M' | 'S' | 'D' | 'W' {
  const married = age < 25 ? 0.1 : age < 35 ? 0.45 : 0.62
  if (random.chance(married)) return age > 72 && random.chance(0.4) ? 'W' : 'M'
  return age > 35 && random.chance(0.4) ? 'D' : 'S'
}

/** Parents of children, the spouse of a married person, a grown child of some elderly ones. */
function relatives(
  family: string,
  age: number,
  sex: 'female' | 'male',
  marital: Person['marital'],
  heritage: Heritage,
  random: Random,
): Kin[] {
  const kin: Kin[] = []
  if (age < 18) {
    kin.push({ role: 'MTH', given: random.pick(heritage.female), family })
    if (random.chance(0.5)) kin.push({ role: 'FTH', given: random.pick(heritage.male), family })
  } else if (marital === 'M' && random.chance(0.6)) {
    kin.push({ role: 'SPS', given: random.pick(sex === 'female' ? heritage.male : heritage.female), family })
  } else if (age > 70 && random.chance(0.6)) {
    kin.push({
      role: 'CHILD',
      given: random.pick(random.chance(0.6) ? heritage.female : heritage.male),
      family,
    })
  }
  return kin
}
