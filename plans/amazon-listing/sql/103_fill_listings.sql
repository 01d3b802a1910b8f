update listings l
set
  marketplace_id = m.id,
  seller_sku = coalesce(l.seller_sku, l.sku),
  price_inc_vat = coalesce(l.price_inc_vat, l.price),
  available_quantity = coalesce(l.available_quantity, l.quantity)
from marketplaces m
where m.code = 'UK'
  and {range l}
  and (l.marketplace_id is null or l.seller_sku is null or l.price_inc_vat is null or l.available_quantity is null)
