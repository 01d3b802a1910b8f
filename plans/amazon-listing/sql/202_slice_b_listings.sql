alter table listings
  add column status text not null default 'ACTIVE',
  add column fulfillment_channel text not null default 'FBM',
  add column category text;
