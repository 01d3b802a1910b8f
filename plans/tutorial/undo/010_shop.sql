drop table if exists order_lines;
drop table if exists orders;
drop table if exists customers;
