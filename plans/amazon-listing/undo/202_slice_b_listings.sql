alter table listings
  drop column if exists status,
  drop column if exists fulfillment_channel,
  drop column if exists category;
