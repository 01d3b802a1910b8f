delete from jobs where created_by = 'migration';
