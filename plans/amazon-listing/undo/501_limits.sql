alter table feature_store
  drop constraint if exists feature_store_cost_not_negative,
  drop constraint if exists feature_store_margin_is_a_ratio;
alter table jobs drop constraint if exists jobs_attempts_within_limit;
