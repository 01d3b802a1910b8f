insert into recommendations (entity_type, entity_id, recommendation_type, confidence, job_id, created_at, updated_at)
select 'LISTING', j.listing_id, 'RESTOCK', 'MEDIUM', j.id, timestamptz '2025-10-01 00:00:00+00', timestamptz '2025-10-01 00:00:00+00'
from jobs j
join listings l on l.id = j.listing_id
where l.available_quantity < 25;

insert into recommendation_events (recommendation_id, event_type, created_by, created_at)
select id, 'GENERATED', 'migration', created_at
from recommendations;

analyze recommendations, recommendation_events;
