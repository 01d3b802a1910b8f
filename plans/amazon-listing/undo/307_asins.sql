delete from listing_sales_daily;
delete from keepa_snapshots;
delete from boms where scope_type = 'ASIN_SCENARIO';
update listings set asin = null where asin is not null;
delete from asin_entities;
