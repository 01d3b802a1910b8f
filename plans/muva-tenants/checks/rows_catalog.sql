select
  (select count(*) from accommodation_units_public)
  + (select count(*) from accommodation_units)
  + (select count(*) from accommodation_units_manual)
  + (select count(*) from accommodation_units_manual_chunks)
