create table customers (id bigint primary key, name text not null, town text not null, email text);
create table people (id bigint primary key, name text not null, town text not null, email text);
create table orders (id bigint primary key, customer_id bigint not null, customer_uuid uuid, note text not null);
