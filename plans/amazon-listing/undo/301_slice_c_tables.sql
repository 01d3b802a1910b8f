drop table if exists feature_store;
drop table if exists listing_sales_daily;
drop table if exists amazon_catalog_snapshots;
drop table if exists keepa_snapshots;
drop table if exists asin_entities;
drop type if exists feature_entity_type;
