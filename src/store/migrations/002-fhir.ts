import type { Migration } from './ddl.ts'

/**
 * FHIR resources and the indexes that searches run on. All ids are integers: types, parameters and systems
 * have a dictionary each, and the target of a reference has its row (a stub) before it has a body, so that
 * chains, includes and compartments are joins of integers.
 */
export const fhir: Migration = ({ int, real, text, counted, clustered }) => [
  `create table fhir_meta (name ${text} primary key, value ${text} not null) ${clustered}`,
  `create table fhir_type (id ${counted}, name ${text} not null unique)`,
  `create table fhir_param (id ${counted}, type ${int} not null, code ${text} not null, unique (type, code))`,
  `create table fhir_system (id ${counted}, uri ${text} not null unique)`,

  // state: 0 a stub that others refer to, 1 live, 2 deleted
  `create table resource (
    rid ${counted},
    type ${int} not null,
    id ${text} not null,
    version ${int} not null,
    updated ${int} not null,
    state ${int} not null,
    body ${text},
    unique (type, id)
  )`,
  'create index resource_updated on resource (type, updated, rid) where state = 1',
  // The versions before the current one.
  `create table history (
    rid ${int} not null,
    version ${int} not null,
    updated ${int} not null,
    method ${text} not null,
    body ${text},
    primary key (rid, version)
  ) ${clustered}`,

  // Each table is read from both sides: by value, to find resources, and by resource, to test, sort and remove.
  `create table ix_token (
    sp ${int} not null, code ${text} not null, rid ${int} not null, sys ${int} not null,
    primary key (sp, code, rid, sys)
  ) ${clustered}`,
  'create index ix_token_rid on ix_token (rid, sp)',
  `create table ix_text (
    rid ${int} not null, sp ${int} not null, norm ${text} not null,
    primary key (rid, sp, norm)
  ) ${clustered}`,
  `create table ix_string (
    sp ${int} not null, norm ${text} not null, rid ${int} not null, raw ${text} not null,
    primary key (sp, norm, rid, raw)
  ) ${clustered}`,
  'create index ix_string_rid on ix_string (rid, sp)',
  `create table ix_date (
    sp ${int} not null, lo ${int} not null, hi ${int} not null, rid ${int} not null,
    primary key (sp, lo, hi, rid)
  ) ${clustered}`,
  'create index ix_date_rid on ix_date (rid, sp, lo, hi)',
  `create table ix_ref (
    sp ${int} not null, target ${int} not null, rid ${int} not null,
    primary key (sp, target, rid)
  ) ${clustered}`,
  'create index ix_ref_rid on ix_ref (rid, sp, target)',
  `create table ix_uri (
    sp ${int} not null, value ${text} not null, rid ${int} not null,
    primary key (sp, value, rid)
  ) ${clustered}`,
  'create index ix_uri_rid on ix_uri (rid, sp)',
  `create table ix_quantity (
    sp ${int} not null, lo ${real} not null, hi ${real} not null, rid ${int} not null,
    sys ${int} not null, code ${text} not null, unit ${text} not null,
    primary key (sp, lo, rid, hi, sys, code, unit)
  ) ${clustered}`,
  'create index ix_quantity_rid on ix_quantity (rid, sp)',
  // Composite parameters: the values of both components, as they stand together on one element.
  `create table ix_pair (
    sp ${int} not null, a_code ${text} not null, rid ${int} not null, a_sys ${int} not null,
    b_kind ${int} not null, b_sys ${int} not null, b_code ${text} not null,
    b_lo ${real} not null, b_hi ${real} not null,
    primary key (sp, a_code, rid, a_sys, b_kind, b_lo, b_hi, b_code, b_sys)
  ) ${clustered}`,
  'create index ix_pair_rid on ix_pair (rid, sp)',

  // Whose record a resource belongs to, by the stricter rule of fhir/access/compartment.ts.
  `create table compartment (
    patient ${int} not null, type ${int} not null, rid ${int} not null,
    primary key (patient, type, rid)
  ) ${clustered}`,
  'create index compartment_rid on compartment (rid, patient)',
]
