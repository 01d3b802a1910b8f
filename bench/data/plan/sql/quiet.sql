select pg_sleep(10);
