import { type Concept, CVX, concept } from '../codes.ts'

/** CVX code, name, and the ages in months at which a child gets it (CDC schedule, simplified). */
const CHILDHOOD: readonly (readonly [cvx: string, months: readonly number[]])[] = [
  ['08 hepatitis B vaccine, pediatric or pediatric/adolescent dosage', [0, 2, 6]],
  ['116 rotavirus, live, pentavalent vaccine', [2, 4, 6]],
  ['20 diphtheria, tetanus toxoids and acellular pertussis vaccine', [2, 4, 6, 15, 54]],
  ['48 Haemophilus influenzae type b vaccine, PRP-T conjugate', [2, 4, 6, 12]],
  ['133 pneumococcal conjugate vaccine, 13 valent', [2, 4, 6, 12]],
  ['10 poliovirus vaccine, inactivated', [2, 4, 6, 54]],
  ['03 measles, mumps and rubella virus vaccine', [12, 54]],
  ['21 varicella virus vaccine', [12, 54]],
  ['83 hepatitis A vaccine, pediatric/adolescent dosage, 2 dose schedule', [12, 18]],
  ['115 tetanus toxoid, reduced diphtheria toxoid, and acellular pertussis vaccine, adsorbed', [133]],
  ['165 Human Papillomavirus 9-valent vaccine', [133, 140]],
  [
    '114 meningococcal polysaccharide (groups A, C, Y and W-135) diphtheria toxoid conjugate vaccine (MCV4P)',
    [134, 193],
  ],
]

export type Dose = { vaccine: Concept; months: number; number: number }

/** Every dose of childhood in the order of age. */
export const CHILD_SCHEDULE: readonly Dose[] = CHILDHOOD.flatMap(([cvx, months]) =>
  months.map((month, i) => ({ vaccine: concept(CVX, cvx), months: month, number: i + 1 })),
).sort((a, b) => a.months - b.months)

export const VACCINES = {
  influenza: concept(CVX, '140 Influenza, seasonal, injectable, preservative free'),
  tetanus: concept(CVX, '113 tetanus and diphtheria toxoids, adsorbed, preservative free, for adult use'),
  pertussis: concept(
    CVX,
    '115 tetanus toxoid, reduced diphtheria toxoid, and acellular pertussis vaccine, adsorbed',
  ),
  zoster: concept(CVX, '187 zoster vaccine recombinant'),
  pneumococcal: concept(CVX, '33 pneumococcal polysaccharide vaccine, 23 valent'),
} satisfies Record<string, Concept>
