alter table listings
  drop column if exists marketplace_id,
  drop column if exists seller_sku,
  drop column if exists price_inc_vat,
  drop column if exists available_quantity;
