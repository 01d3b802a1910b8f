create type recommendation_type as enum ('PRICE_INCREASE', 'PRICE_DECREASE', 'RESTOCK', 'REDUCE_STOCK', 'LAUNCH_ASIN');
create type recommendation_status as enum ('OPEN', 'ACCEPTED', 'REJECTED', 'SNOOZED', 'EXPIRED', 'SUPERSEDED');
create type recommendation_event_type as enum (
  'GENERATED', 'VIEWED', 'ACCEPTED', 'REJECTED', 'SNOOZED', 'EXPIRED',
  'SUPERSEDED', 'ACTION_STARTED', 'ACTION_COMPLETED', 'ACTION_FAILED');
create type confidence_band as enum ('LOW', 'MEDIUM', 'HIGH');

create table recommendations (
  id bigint generated always as identity primary key,
  entity_type feature_entity_type not null,
  entity_id bigint not null,
  recommendation_type recommendation_type not null,
  status recommendation_status not null default 'OPEN',
  confidence confidence_band not null,
  job_id bigint references jobs (id) on delete set null,
  payload_json jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index recommendations_by_job on recommendations (job_id) where job_id is not null;

create unique index recommendations_open_once on recommendations (entity_type, entity_id, recommendation_type)
  where status = 'OPEN';

create table recommendation_events (
  id bigint generated always as identity primary key,
  recommendation_id bigint not null references recommendations (id) on delete cascade,
  event_type recommendation_event_type not null,
  created_by text not null default 'system',
  created_at timestamptz not null default now()
);

create index recommendation_events_by_recommendation on recommendation_events (recommendation_id, created_at);
