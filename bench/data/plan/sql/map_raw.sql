create table raw_id_map (old_key bigint primary key, new_id uuid not null unique);
create table raw_orders (like orders including all);
insert into raw_orders select id, customer_id, null, note from orders order by id;
create table raw_bridge (source_key bigint primary key, target_key bigint not null, matched_by text not null);
analyze raw_orders;
