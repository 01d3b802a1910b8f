drop table if exists source, filled, filled_in_one_lane, amended;
