truncate order_lines, orders, customers;
