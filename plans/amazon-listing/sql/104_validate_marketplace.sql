alter table listings validate constraint listings_marketplace_fk;
