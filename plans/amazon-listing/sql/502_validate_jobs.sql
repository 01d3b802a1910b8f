alter table jobs validate constraint jobs_attempts_within_limit;
