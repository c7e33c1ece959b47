-- Ordered quantity per material, market and month: the history that the forecast is trained on.
-- Returns and free-of-charge deliveries are no demand.
select
    item.material_id,
    sales_order.country_code,
    date_trunc('month', item.requested_delivery_date)  as period_start_date,
    sum(item.ordered_quantity)                         as ordered_quantity,
    min(item.unit_code)                                as unit_code
from {{ source('commercial_sales_order', 'sales_order_item') }} as item
join {{ source('commercial_sales_order', 'sales_order') }} as sales_order
    using (sales_order_id)
where sales_order.order_type in ('standard', 'rush')
  and sales_order.order_status <> 'cancelled'
  and item.requested_delivery_date >= dateadd('month', -36, date_trunc('month', current_date))
group by 1, 2, 3
