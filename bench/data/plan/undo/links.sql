update orders set customer_uuid = null where customer_uuid is not null;
