/** The state of a resource row: others refer to it, or it has a body, or it had one. */
export const STUB = 0
export const LIVE = 1
export const DELETED = 2
