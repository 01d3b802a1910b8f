-- New names beside the old ones: an application that still reads sku, price and quantity goes on working.
alter table listings
  add column marketplace_id bigint,
  add column seller_sku text,
  add column price_inc_vat numeric(12, 2),
  add column available_quantity integer;

alter table listings
  add constraint listings_marketplace_fk foreign key (marketplace_id) references marketplaces (id) not valid;
