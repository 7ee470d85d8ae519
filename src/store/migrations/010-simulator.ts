import type { Migration } from './ddl.ts'

/**
 * Launches of the console's simulator: `plain`, or what shall go wrong with them. It stands with each launch, with what
 * it grants and with its record; null with every other.
 */
export const simulator: Migration = ({ text }) => [
  `alter table launch_handle add column simulated ${text}`,
  // The record that was begun with the launch, which the authorization request goes on with.
  `alter table launch_handle add column flight_id ${text}`,
  `alter table launch_grant add column simulated ${text}`,
  `alter table flight add column simulated ${text}`,
]
