truncate order_totals;
