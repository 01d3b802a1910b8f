-- What the tables could not refuse so far. Rows that are there are looked at afterwards, without stopping anyone.
alter table jobs
  add constraint jobs_attempts_within_limit check (attempts <= max_attempts) not valid;

alter table feature_store
  add constraint feature_store_cost_not_negative check ((features_json ->> 'bom_cost_ex_vat')::numeric >= 0) not valid,
  add constraint feature_store_margin_is_a_ratio check ((features_json ->> 'margin')::numeric between -1 and 1) not valid;
