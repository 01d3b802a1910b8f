insert into jobs (job_type, scope_type, listing_id, created_by, scheduled_for, created_at, updated_at)
select 'SYNC_AMAZON_OFFER', 'LISTING', l.id, 'migration', timestamptz '2025-06-01 00:00:00+00', timestamptz '2025-06-01 00:00:00+00', timestamptz '2025-06-01 00:00:00+00'
from listings l
where l.id % 10 = 0;

analyze jobs, listing_events;
