import type { Person } from '../person.ts'
import type { Random } from '../random.ts'
import { healthyAdult } from './adult.ts'
import { ana } from './ana.ts'
import { cancer } from './cancer.ts'
import { healthyChild } from './child.ts'
import { heartFailure, hypertension } from './heart.ts'
import { asthma, copd } from './lungs.ts'
import { diabetes, hypothyroidism, kidneyDisease } from './metabolism.ts'
import { depression, substanceUse } from './mind.ts'
import { appendicitis, hiv, newKnee } from './others.ts'
import { pregnancy } from './pregnancy.ts'
import type { Story } from './story.ts'

const STORIES = [
  ana,
  appendicitis,
  asthma,
  cancer,
  copd,
  depression,
  diabetes,
  healthyAdult,
  healthyChild,
  heartFailure,
  hiv,
  hypertension,
  hypothyroidism,
  kidneyDisease,
  newKnee,
  pregnancy,
  substanceUse,
]
const BY_NAME = new Map(STORIES.map((story) => [story.name, story]))

type Parts = readonly (readonly [weight: number, readonly Story[]])[]

/** Up to which age, and how often each story, or two together. */
const CASTS: readonly (readonly [below: number, Parts])[] = [
  [
    4,
    [
      [94, [healthyChild]],
      [6, [healthyChild, asthma]],
    ],
  ],
  [
    13,
    [
      [80, [healthyChild]],
      [16, [healthyChild, asthma]],
      [4, [healthyChild, appendicitis]],
    ],
  ],
  [
    18,
    [
      [70, [healthyChild]],
      [14, [healthyChild, asthma]],
      [12, [healthyChild, depression]],
      [4, [healthyChild, appendicitis]],
    ],
  ],
  [
    28,
    [
      [70, [healthyAdult]],
      [14, [depression]],
      [8, [healthyAdult, asthma]],
      [3, [substanceUse]],
      [3, [healthyAdult, appendicitis]],
      [2, [healthyAdult, hiv]],
    ],
  ],
  [
    45,
    [
      [52, [healthyAdult]],
      [12, [depression]],
      [7, [healthyAdult, asthma]],
      [7, [hypertension]],
      [4, [diabetes]],
      [4, [substanceUse]],
      [3, [healthyAdult, appendicitis]],
      [3, [healthyAdult, hypothyroidism]],
      [2, [healthyAdult, hiv]],
    ],
  ],
  [
    65,
    [
      [37, [healthyAdult]],
      [21, [hypertension]],
      [12, [diabetes, hypertension]],
      [6, [diabetes]],
      [6, [depression]],
      [6, [cancer]],
      [5, [copd]],
      [3, [substanceUse]],
      [3, [healthyAdult, hypothyroidism]],
      [1, [healthyAdult, hiv]],
    ],
  ],
  [
    200,
    [
      [22, [healthyAdult]],
      [26, [hypertension]],
      [13, [diabetes, hypertension]],
      [10, [heartFailure]],
      [8, [hypertension, kidneyDisease]],
      [9, [cancer]],
      [8, [copd]],
      [6, [hypertension, newKnee]],
    ],
  ],
]

/** Who tells what: the people of the drawings their own stories, all others by age, sex and lot. */
export function cast(person: Person, lot: Random): readonly Story[] {
  if (person.named) return person.named.stories.flatMap((name) => BY_NAME.get(name) ?? [])
  if (person.sex === 'female' && person.age >= 20 && person.age < 42 && lot.chance(0.16)) return [pregnancy]
  const parts = CASTS.find(([below]) => person.age < below)?.[1] ?? []
  return lot.weighted(parts)
}
