select
  (select count(*) from integration_configs)
  + (select count(*) from job_logs)
  + (select count(*) from policies)
