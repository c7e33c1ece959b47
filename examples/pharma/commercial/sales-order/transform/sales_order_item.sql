-- Sales order item: one row per item, for the items of published orders only.
{{ config(materialized='incremental', unique_key=['sales_order_id', 'item_number']) }}

select
    vbap.vbeln                as sales_order_id,
    vbap.posnr                as item_number,
    vbap.matnr                as material_id,
    vbap.werks                as plant_code,
    vbap.kwmeng               as ordered_quantity,
    unit.rec20_code           as unit_code,
    vbep.edatu                as requested_delivery_date,
    vbap.netwr                as net_value_amount,
    vbap.waerk                as currency_code,
    changes.changed_at
from {{ source('erp', 'vbap') }} as vbap
join {{ ref('sales_order') }} as sales_order
    on sales_order.sales_order_id = vbap.vbeln
join {{ source('erp', 'vbep') }} as vbep
    on vbep.vbeln = vbap.vbeln and vbep.posnr = vbap.posnr and vbep.etenr = '0001'
join {{ ref('unit_of_measure') }} as unit
    on unit.erp_code = vbap.vrkme
join {{ ref('latest_change') }} as changes
    on changes.sales_order_id = vbap.vbeln
{% if is_incremental() %}
where changes.changed_at > (select max(changed_at) from {{ this }})
{% endif %}
