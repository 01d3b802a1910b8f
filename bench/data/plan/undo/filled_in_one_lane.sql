truncate table filled_in_one_lane;
