drop table if exists listing_cost_overrides;
drop table if exists bom_lines;
drop table if exists boms;
drop table if exists components;
drop table if exists suppliers;
drop table if exists marketplaces;
drop type if exists bom_scope_type;
