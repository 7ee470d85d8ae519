import type { Chart } from './chart.ts'
import { concept, SNOMED } from './codes.ts'
import type { Resource } from './resource.ts'

/** Groups do not grow beyond this: a registry page, not a copy of the hospital. */
const MOST = 400

const KINDS = [
  {
    id: 'diabetes-registry',
    name: 'Diabetes registry',
    code: concept(SNOMED, '44054006 Type 2 diabetes mellitus'),
    managedBy: 'alder-valley-endocrinology',
    takes: ({ stories }: Chart) => stories.has('diabetes'),
  },
  {
    id: 'paediatric-clinic',
    name: 'Paediatric clinic',
    code: concept(SNOMED, '67822003 Child'),
    managedBy: 'alder-valley-pediatrics',
    takes: ({ person }: Chart) => person.age < 18,
  },
  {
    id: 'heart-follow-up',
    name: 'Heart follow-up',
    code: concept(SNOMED, '49601007 Disorder of cardiovascular system'),
    managedBy: 'alder-valley-cardiology',
    takes: ({ stories }: Chart) =>
      stories.has('heart-failure') || stories.has('hypertension') || stories.has('ana'),
  },
]

/** Groups of patients, for exports: charts are shown to them one by one, they remember the ids. */
export function openGroups() {
  const groups = KINDS.map((kind) => ({ kind, members: [] as string[] }))
  return {
    meet(chart: Chart): void {
      for (const { kind, members } of groups) {
        if (members.length < MOST && kind.takes(chart)) members.push(chart.person.id)
      }
    },
    *resources(): Iterable<Resource> {
      for (const { kind, members } of groups) {
        if (members.length === 0) continue
        yield {
          resourceType: 'Group',
          id: kind.id,
          active: true,
          type: 'person',
          actual: true,
          code: kind.code,
          name: kind.name,
          quantity: members.length,
          managingEntity: { reference: `Organization/${kind.managedBy}` },
          member: members.map((id) => ({ entity: { reference: `Patient/${id}` } })),
        }
      }
    },
  }
}
