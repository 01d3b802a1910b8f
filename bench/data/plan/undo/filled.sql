truncate table filled;
