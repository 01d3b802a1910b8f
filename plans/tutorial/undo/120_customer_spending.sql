alter table customers drop column if exists spent_cents;
