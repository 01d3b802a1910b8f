drop table if exists recommendation_events;
drop table if exists recommendations;
drop type if exists recommendation_event_type;
drop type if exists recommendation_status;
drop type if exists recommendation_type;
drop type if exists confidence_band;
