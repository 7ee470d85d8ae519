import { Counter, collectDefaultMetrics, Registry } from 'prom-client'
import { createHistogram } from './durations.ts'

export type Metrics = ReturnType<typeof createMetrics>

/** Seconds; the targets of the product lie between 1 and 50 ms. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

const classes = ['other', '1xx', '2xx', '3xx', '4xx', '5xx']

/** The counters of one process, for Prometheus. Labels are route patterns and outcomes, never ids. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const durations = createHistogram(
    {
      name: 'lanyard_http_request_duration_seconds',
      help: 'Time to answer, by route and status class',
      labels: ['route', 'status'],
    },
    buckets,
  )
  const tokens = new Counter({
    name: 'lanyard_tokens_total',
    help: 'Token requests, by grant type and outcome (issued, or the OAuth error)',
    labelNames: ['grant_type', 'outcome'] as const,
    registers,
  })
  const decisions = new Counter({
    name: 'lanyard_fhir_decisions_total',
    help: 'FHIR requests, by interaction and decision (allowed, or the reason of the refusal)',
    labelNames: ['interaction', 'decision'] as const,
    registers,
  })
  // Looking labels up costs more than counting, so each combination is looked up once.
  const decided = remembered((interaction, decision) => decisions.labels(interaction, decision))
  return {
    /** Counts one answered request. @param seconds how long it took */
    request(route: string, status: number, seconds: number): void {
      durations.observe(route, classes[Math.floor(status / 100)] ?? 'other', seconds)
    },
    token: (grantType: string, outcome: string): void => tokens.inc({ grant_type: grantType, outcome }),
    decision: (interaction: string, decision: string): void => decided(interaction, decision).inc(),
    contentType: registry.contentType,
    /** The text that Prometheus reads. */
    text: async (): Promise<string> => `${await registry.metrics()}\n${durations.text()}`,
  }
}

/** Labels are few by design; were they not, the map would stop growing here. */
const MOST = 1000

function remembered<Child>(labels: (a: string, b: string) => Child): (a: string, b: string) => Child {
  const children = new Map<string, Child>()
  return (a, b) => {
    const key = `${a} ${b}`
    const known = children.get(key)
    if (known !== undefined) return known
    const child = labels(a, b)
    if (children.size < MOST) children.set(key, child)
    return child
  }
}
