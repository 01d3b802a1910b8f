delete from recommendation_events;
delete from recommendations;
