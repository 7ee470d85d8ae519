import type { Terminal } from './terminal.ts'

/** A line that is written over: `[######······] 52 %  51,234 resources, 9,812 a second`. */
export function progressBar({ err }: Terminal) {
  const isTerminal = 'isTTY' in err && err.isTTY === true
  const started = performance.now()
  let shown = 0
  return {
    /** @param part from 0 to 1 */
    show(part: number, resources: number): void {
      const now = performance.now()
      if (!isTerminal || now - shown < 100) return
      shown = now
      const filled = Math.round(Math.min(part, 1) * 24)
      const speed = Math.round(resources / Math.max((now - started) / 1000, 0.001))
      err.write(
        `\r[${'#'.repeat(filled)}${'·'.repeat(24 - filled)}] ${Math.round(part * 100)} %  ${resources.toLocaleString('en')} resources, ${speed.toLocaleString('en')} a second  `,
      )
    },
    /** Leaves the line empty for what is written next. */
    end(): void {
      if (isTerminal) err.write('\r\x1b[K')
    },
    seconds: (): number => (performance.now() - started) / 1000,
  }
}
