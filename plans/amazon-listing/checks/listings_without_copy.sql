select id, sku, seller_sku, price, price_inc_vat, quantity, available_quantity
from listings
where (seller_sku, price_inc_vat, available_quantity) is distinct from (sku, price, quantity)
