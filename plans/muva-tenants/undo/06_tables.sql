drop table if exists policies;
drop table if exists job_logs;
drop table if exists integration_configs;
