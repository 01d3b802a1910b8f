select
  (select count(*) from hotels)
  + (select count(*) from staff_users)
  + (select count(*) from hotel_operations)
  + (select count(*) from staff_conversations)
  + (select count(*) from staff_messages)
  + (select count(*) from sync_history)
  + (select count(*) from user_tenant_permissions)
