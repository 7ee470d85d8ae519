import type { Migration } from './ddl.ts'

/** What the simulator shows beside the steps of a launch, and links to records that can be taken back. */
export const watchedLaunches: Migration = ({ int, text, clustered }) => [
  // Whether what the app and the FHIR server say to each other is kept for whoever made this launch.
  `alter table flight add column watched ${int}`,
  // Of a launch that the app itself begins, in a browser that was made ready for it.
  `alter table launch_handle add column alone ${int}`,
  // The messages of one FHIR call, sealed: they are about a person.
  `create table flight_exchange (
    flight_id ${text} not null,
    step ${int} not null,
    sealed ${text} not null,
    expires ${int} not null,
    primary key (flight_id, step)
  ) ${clustered}`,
  'create index flight_exchange_expires on flight_exchange (expires)',
  `create table flight_link (
    link_hash ${text} primary key,
    flight_id ${text} not null,
    expires ${int} not null
  ) ${clustered}`,
  'create index flight_link_flight on flight_link (flight_id)',
  'create index flight_link_expires on flight_link (expires)',
]
