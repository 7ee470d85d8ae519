/** The drawing is 220 × 44, with room for the dot at its end. */
const [LEFT, RIGHT, TOP, BOTTOM, FLOOR] = [4, 216, 6, 40, 44]

/**
 * A course as a line with the area below it, scaled so that its greatest value touches the top.
 * @param values oldest first; what is not known counts as none
 */
export function sparkOf(values: readonly (number | undefined)[]) {
  if (values.length === 0) return undefined
  const greatest = Math.max(1e-9, ...values.map((value) => value ?? 0))
  const step = (RIGHT - LEFT) / Math.max(1, values.length - 1)
  const points = values.map((value, index) => ({
    x: rounded(LEFT + index * step),
    y: rounded(BOTTOM - ((value ?? 0) / greatest) * (BOTTOM - TOP)),
  }))
  const line = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x} ${y}`).join('')
  const end = points.at(-1) ?? { x: RIGHT, y: BOTTOM }
  return { line, area: `${line}L${end.x} ${FLOOR}L${LEFT} ${FLOOR}Z`, ...end }
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
