delete from settings where key in ('currency', 'sync.interval_minutes');
delete from listings where id between 1 and 50000;
