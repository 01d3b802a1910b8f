truncate table source;
