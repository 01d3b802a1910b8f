-- Before the marketplaces can go. The other new columns are dropped as a whole.
update listings
set marketplace_id = null
where marketplace_id is not null;
