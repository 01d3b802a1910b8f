-- A validated constraint cannot be made unvalidated, and need not be: the step before takes it away.
select 1;
