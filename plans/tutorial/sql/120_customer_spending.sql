alter table customers add column spent_cents bigint;
