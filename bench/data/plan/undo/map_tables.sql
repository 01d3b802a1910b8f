drop table customers, people, orders;
