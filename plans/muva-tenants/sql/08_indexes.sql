-- The ten of the thirteen indexes of November 1 that the document names.
create index idx_accommodation_units_tenant_hotel_fk on accommodation_units (tenant_id, hotel_id);
create index idx_hotel_operations_created_by_fk on hotel_operations (created_by);
create index idx_staff_users_created_by_fk on staff_users (created_by);
create index idx_user_tenant_permissions_granted_by_fk on user_tenant_permissions (granted_by);
create index idx_prospective_sessions_reservation_fk on prospective_sessions (converted_to_reservation_id);
create index idx_airbnb_mphb_imported_reservations_unit_fk on airbnb_mphb_imported_reservations (accommodation_unit_id);
create index idx_calendar_events_merged_into_fk on calendar_events (merged_into_id);
create index idx_calendar_event_conflicts_winning_fk on calendar_event_conflicts (winning_event_id);
create index idx_airbnb_motopress_comparison_ics_fk on airbnb_motopress_comparison (ics_event_id);
create index idx_sire_export_logs_user_fk on sire_export_logs (user_id);
