drop table if exists user_tenant_permissions;
drop table if exists sync_history;
drop table if exists staff_messages;
drop table if exists staff_conversations;
drop table if exists hotel_operations;
drop table if exists staff_users;
drop table if exists hotels;
