truncate customers, people, orders;
