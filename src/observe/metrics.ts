import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'

export type Metrics = ReturnType<typeof createMetrics>

/** Seconds; the targets of the product lie between 1 and 50 ms. */
const buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5]

/** The counters of one process, for Prometheus. Labels are route patterns and outcomes, never ids. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const durations = new Histogram({
    name: 'lanyard_http_request_duration_seconds',
    help: 'Time to answer, by route and status class',
    labelNames: ['route', 'status'] as const,
    buckets,
    registers,
  })
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
  const children = new Map<string, { observe(seconds: number): void }>()
  return {
    /** Counts one answered request. @param seconds how long it took */
    request(route: string, status: number, seconds: number): void {
      const statusClass = `${Math.floor(status / 100)}xx`
      const key = `${route} ${statusClass}`
      let child = children.get(key)
      if (child === undefined) {
        child = durations.labels(route, statusClass)
        children.set(key, child)
      }
      child.observe(seconds)
    },
    token: (grantType: string, outcome: string): void => tokens.inc({ grant_type: grantType, outcome }),
    decision: (interaction: string, decision: string): void => decisions.inc({ interaction, decision }),
    contentType: registry.contentType,
    /** The text that Prometheus reads. */
    text: (): Promise<string> => registry.metrics(),
  }
}
