-- A validated constraint cannot be made unvalidated, and need not be: it goes with its column.
select 1;
