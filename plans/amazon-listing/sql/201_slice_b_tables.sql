create type job_type as enum (
  'SYNC_AMAZON_OFFER', 'SYNC_AMAZON_SALES', 'SYNC_AMAZON_CATALOG', 'SYNC_KEEPA_ASIN',
  'COMPUTE_FEATURES_LISTING', 'COMPUTE_FEATURES_ASIN',
  'GENERATE_RECOMMENDATIONS_LISTING', 'GENERATE_RECOMMENDATIONS_ASIN',
  'PUBLISH_PRICE_CHANGE', 'PUBLISH_STOCK_CHANGE');
create type job_status as enum ('PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED');
create type job_scope_type as enum ('LISTING', 'ASIN', 'GLOBAL');
create type buy_box_status_type as enum ('WON', 'LOST', 'PARTIAL', 'UNKNOWN');
create type listing_event_type as enum (
  'PRICE_CHANGE_DRAFTED', 'PRICE_CHANGE_PUBLISHED', 'PRICE_CHANGE_SUCCEEDED', 'PRICE_CHANGE_FAILED',
  'STOCK_CHANGE_DRAFTED', 'STOCK_CHANGE_PUBLISHED', 'STOCK_CHANGE_SUCCEEDED', 'STOCK_CHANGE_FAILED',
  'BOM_UPDATED', 'COST_OVERRIDE_UPDATED', 'AMAZON_SYNC_COMPLETED', 'KEEPA_SYNC_COMPLETED',
  'FEATURES_COMPUTED', 'LISTING_CREATED', 'LISTING_ARCHIVED');

create table jobs (
  id bigint generated always as identity primary key,
  job_type job_type not null,
  scope_type job_scope_type not null,
  listing_id bigint references listings (id) on delete cascade,
  -- Refers to asin_entities, which slice C makes; the foreign key comes with it.
  asin_entity_id bigint,
  status job_status not null default 'PENDING',
  priority integer not null default 5,
  attempts integer not null default 0,
  max_attempts integer not null default 3,
  input_json jsonb not null default '{}',
  result_json jsonb,
  log_json jsonb not null default '[]',
  error_message text,
  scheduled_for timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  created_by text not null default 'system',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index jobs_to_do on jobs (priority, scheduled_for) where status = 'PENDING';

create table listing_events (
  id bigint generated always as identity primary key,
  listing_id bigint not null references listings (id) on delete cascade,
  event_type listing_event_type not null,
  job_id bigint references jobs (id) on delete set null,
  before_json jsonb,
  after_json jsonb,
  created_by text not null default 'system',
  created_at timestamptz not null default now()
);

-- Without it, every job that is deleted reads all events.
create index listing_events_by_job on listing_events (job_id) where job_id is not null;

create index listing_events_by_listing on listing_events (listing_id, created_at desc);

create table listing_offer_current (
  listing_id bigint primary key references listings (id) on delete cascade,
  buy_box_status buy_box_status_type not null default 'UNKNOWN',
  buy_box_price numeric(12, 2),
  offers integer not null default 0,
  observed_at timestamptz not null default now()
);

create table fee_snapshots (
  id bigint generated always as identity primary key,
  listing_id bigint not null references listings (id) on delete cascade,
  referral_fee numeric(12, 4) not null check (referral_fee >= 0),
  fulfillment_fee numeric(12, 4) not null check (fulfillment_fee >= 0),
  captured_at timestamptz not null default now()
);

create index fee_snapshots_by_listing on fee_snapshots (listing_id, captured_at desc);
