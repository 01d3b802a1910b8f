truncate table source, amended;
