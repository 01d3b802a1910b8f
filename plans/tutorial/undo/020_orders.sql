truncate order_lines, orders, customers restart identity;
