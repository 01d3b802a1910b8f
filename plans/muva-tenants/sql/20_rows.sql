-- Rows of their own, in the numbers of the document; muva.scale, where it is set, multiplies them.
-- Keys are made from numbers, so that a reference can be made without looking.

create function pg_temp.gen_key(n bigint) returns uuid language sql immutable as $$
  select md5('muva ' || n)::uuid
$$;

create function pg_temp.rows(n bigint) returns bigint language sql stable as $$
  select n * coalesce(nullif(current_setting('muva.scale', true), ''), '1')::bigint
$$;

insert into tenant_registry (id, slug, name, active, metadata, created_at)
select
  pg_temp.gen_key(100000000 + n),
  'tenant ' || n,
  'Tenant ' || n,
  true,
  jsonb_build_object('n', n, 'even', n % 2 = 0),
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(3)) as n;

insert into code_embeddings (id, file_path, content, embedding, metadata, created_at)
select
  n,
  'src/file ' || n,
  'function ' || n,
  (select array_agg(((n * i) % 997)::real / 997) from generate_series(1, 16) as i),
  jsonb_build_object('n', n, 'even', n % 2 = 0),
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(4333)) as n;

insert into muva_content (id, title, content, embedding, created_at)
select
  pg_temp.gen_key(300000000 + n),
  'Beach ' || n,
  'What to see at stop ' || n,
  (select array_agg(((n * i) % 997)::real / 997) from generate_series(1, 16) as i),
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(742)) as n;

insert into sire_content (id, title, content, embedding, created_at)
select
  pg_temp.gen_key(400000000 + n),
  'Form ' || n,
  'How to fill in field ' || n,
  (select array_agg(((n * i) % 997)::real / 997) from generate_series(1, 16) as i),
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(8)) as n;

insert into sire_countries (id, code, name)
select
  n,
  'C' || n,
  'Country ' || n
from generate_series(1::bigint, pg_temp.rows(45)) as n;

insert into sire_cities (id, code, name)
select
  n,
  'T' || n,
  'City ' || n
from generate_series(1::bigint, pg_temp.rows(42)) as n;

insert into sire_document_types (id, code, name)
select
  n,
  'D' || n,
  'Document ' || n
from generate_series(1::bigint, pg_temp.rows(4)) as n;

insert into property_relationships (id, parent, child, created_at)
select
  pg_temp.gen_key(900000000 + n),
  'property ' || n,
  'property ' || n,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(1)) as n;

insert into accommodation_units_public (id, tenant_id, name, price, embedding, metadata)
select
  pg_temp.gen_key(1000000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  'Unit ' || n,
  n * 10.25,
  (select array_agg(((n * i) % 997)::real / 997) from generate_series(1, 16) as i),
  jsonb_build_object('n', n, 'even', n % 2 = 0)
from generate_series(1::bigint, pg_temp.rows(151)) as n;

insert into accommodation_units_manual (id, unit_id, description, created_at)
select
  pg_temp.gen_key(1200000000 + n),
  pg_temp.gen_key(1000000000 + n % pg_temp.rows(151) + 1),
  'Manual of unit ' || n,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(8)) as n;

insert into hotels (id, tenant_id, name, address)
select
  pg_temp.gen_key(1400000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  'Hotel ' || n,
  jsonb_build_object('street', 'Calle ' || n)
from generate_series(1::bigint, pg_temp.rows(3)) as n;

insert into staff_users (id, tenant_id, created_by, username, role)
select
  pg_temp.gen_key(1500000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  case when n % 3 = 0 then pg_temp.gen_key(1500000000 + n - 1) end,
  'staff ' || n,
  'front_desk'
from generate_series(1::bigint, pg_temp.rows(6)) as n;

insert into hotel_operations (id, tenant_id, created_by, title, created_at)
select
  pg_temp.gen_key(1600000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  pg_temp.gen_key(1500000000 + n % pg_temp.rows(6) + 1),
  'Operation ' || n,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(10)) as n;

insert into staff_conversations (id, tenant_id, staff_id, title, created_at)
select
  pg_temp.gen_key(1700000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  pg_temp.gen_key(1500000000 + n % pg_temp.rows(6) + 1),
  'Talk ' || n,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(43)) as n;

insert into staff_messages (id, conversation_id, body, created_at)
select
  pg_temp.gen_key(1800000000 + n),
  pg_temp.gen_key(1700000000 + n % pg_temp.rows(43) + 1),
  'Message ' || n,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(58)) as n;

insert into sync_history (id, tenant_id, kind, rows, created_at)
select
  n,
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  'sync ' || n,
  n * 3,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(85)) as n;

insert into user_tenant_permissions (id, tenant_id, user_id, granted_by, permissions)
select
  pg_temp.gen_key(2000000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  pg_temp.gen_key(7000000 + n),
  null,
  '{"all": true}'
from generate_series(1::bigint, pg_temp.rows(1)) as n;

insert into integration_configs (id, tenant_id, kind, settings)
select
  pg_temp.gen_key(3600000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  'integration ' || n,
  '{}'
from generate_series(1::bigint, pg_temp.rows(3)) as n;

insert into job_logs (id, tenant_id, job, took, created_at)
select
  n,
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  'job ' || n,
  n * interval '1 second',
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(39)) as n;

insert into accommodation_units (id, tenant_id, hotel_id, name, capacity, amenities)
select
  pg_temp.gen_key(1100000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  pg_temp.gen_key(1400000000 + n % pg_temp.rows(3) + 1),
  'Room ' || n,
  n % 4 + 1,
  array['wifi', 'n' || n]
from generate_series(1::bigint, pg_temp.rows(2)) as n;

insert into accommodation_units_manual_chunks (id, tenant_id, accommodation_unit_id, manual_id, chunk, content, embedding)
select
  pg_temp.gen_key(1300000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  pg_temp.gen_key(1100000000 + n % pg_temp.rows(2) + 1),
  pg_temp.gen_key(1200000000 + n % pg_temp.rows(8) + 1),
  n,
  'Chunk ' || n,
  (select array_agg(((n * i) % 997)::real / 997) from generate_series(1, 16) as i)
from generate_series(1::bigint, pg_temp.rows(219)) as n;

insert into guest_reservations (id, tenant_id, accommodation_unit_id, guest_name, check_in, check_out, total)
select
  pg_temp.gen_key(2100000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  pg_temp.gen_key(1100000000 + n % pg_temp.rows(2) + 1),
  'Guest ' || n,
  date '2025-01-01' + n::int,
  date '2025-01-04' + n::int,
  n * 99.9
from generate_series(1::bigint, pg_temp.rows(104)) as n;

insert into reservation_accommodations (id, reservation_id, accommodation_unit_id, nights)
select
  pg_temp.gen_key(2200000000 + n),
  pg_temp.gen_key(2100000000 + n % pg_temp.rows(104) + 1),
  pg_temp.gen_key(1100000000 + n % pg_temp.rows(2) + 1),
  n % 9 + 1
from generate_series(1::bigint, pg_temp.rows(93)) as n;

insert into prospective_sessions (id, tenant_id, converted_to_reservation_id, visitor, messages, created_at)
select
  pg_temp.gen_key(2300000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  case when n % 4 = 0 then pg_temp.gen_key(2100000000 + n % pg_temp.rows(104) + 1) end,
  'visitor ' || n,
  jsonb_build_array(jsonb_build_object('n', n)),
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(412)) as n;

insert into guest_conversations (id, reservation_id, title, created_at)
select
  pg_temp.gen_key(2400000000 + n),
  pg_temp.gen_key(2100000000 + n % pg_temp.rows(104) + 1),
  'Conversation ' || n,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(112)) as n;

insert into chat_conversations (id, reservation_id, title, created_at)
select
  pg_temp.gen_key(2500000000 + n),
  pg_temp.gen_key(2100000000 + n % pg_temp.rows(104) + 1),
  'Chat ' || n,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(2)) as n;

insert into chat_messages (id, conversation_id, body, sender, created_at)
select
  pg_temp.gen_key(2600000000 + n),
  pg_temp.gen_key(2400000000 + n % pg_temp.rows(112) + 1),
  'Hello ' || n,
  case when n % 2 = 0 then 'guest' else 'bot' end,
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(321)) as n;

insert into conversation_memory (id, tenant_id, session_id, summary, embedding)
select
  pg_temp.gen_key(2700000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  pg_temp.gen_key(2300000000 + n % pg_temp.rows(412) + 1),
  'Memory ' || n,
  (select array_agg(((n * i) % 997)::real / 997) from generate_series(1, 16) as i)
from generate_series(1::bigint, pg_temp.rows(10)) as n;

insert into calendar_events (id, accommodation_unit_id, parent_event_id, merged_into_id, summary, during, created_at)
select
  pg_temp.gen_key(2900000000 + n),
  pg_temp.gen_key(1100000000 + n % pg_temp.rows(2) + 1),
  case when n % 3 = 0 then pg_temp.gen_key(2900000000 + n - 1) end,
  case when n % 5 = 0 then pg_temp.gen_key(2900000000 + n - 2) end,
  'Event ' || n,
  tstzrange(timestamptz '2025-01-01' + n * interval '1 day', timestamptz '2025-01-02' + n * interval '1 day'),
  timestamptz '2025-01-01' + n * interval '37 minutes'
from generate_series(1::bigint, pg_temp.rows(74)) as n;

insert into ics_feed_configurations (id, tenant_id, accommodation_unit_id, url)
select
  pg_temp.gen_key(3000000000 + n),
  pg_temp.gen_key(100000000 + n % pg_temp.rows(3) + 1),
  pg_temp.gen_key(1100000000 + n % pg_temp.rows(2) + 1),
  'https://feeds.example/ics ' || n
from generate_series(1::bigint, pg_temp.rows(9)) as n;

select setval(pg_get_serial_sequence('code_embeddings', 'id'), (select max(id) from code_embeddings));
select setval(pg_get_serial_sequence('sync_history', 'id'), (select max(id) from sync_history));
select setval(pg_get_serial_sequence('job_logs', 'id'), (select max(id) from job_logs));
