update customers set spent_cents = null where spent_cents is not null;
