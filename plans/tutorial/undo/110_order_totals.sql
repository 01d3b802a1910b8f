drop table if exists order_totals;
