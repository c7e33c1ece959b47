-- Sales order header: one row per sales order.
-- The contract commercial.sales-order.orders decides names and types; the ERP names stop here.
{{ config(materialized='incremental', unique_key='sales_order_id') }}

select
    vbak.vbeln                                                 as sales_order_id,
    order_type.code                                            as order_type,
    vbak.kunnr                                                 as customer_id,
    vbak.vkorg                                                 as sales_organisation_code,
    ship_to.land1                                              as country_code,
    case
        when vbak.cancelled_flag = 'X' then 'cancelled'
        when vbuk.lfstk = 'C'          then 'delivered'
        when vbuk.lfstk = 'B'          then 'partly_delivered'
        else 'open'
    end                                                        as order_status,
    vbak.audat                                                 as order_date,
    vbak.vdatu                                                 as requested_delivery_date,
    vbak.netwr                                                 as net_value_amount,
    vbak.waerk                                                 as currency_code,
    {{ erp_timestamp_utc('vbak.erdat', 'vbak.erzet') }}        as ordered_at,
    changes.changed_at
from {{ source('erp', 'vbak') }} as vbak
join {{ source('erp', 'vbuk') }} as vbuk
    on vbuk.vbeln = vbak.vbeln
join {{ source('erp', 'vbpa') }} as ship_to
    on ship_to.vbeln = vbak.vbeln and ship_to.parvw = 'WE'
join {{ ref('order_type') }} as order_type
    on order_type.auart = vbak.auart
join {{ ref('latest_change') }} as changes
    on changes.sales_order_id = vbak.vbeln
{% if is_incremental() %}
where changes.changed_at > (select max(changed_at) from {{ this }})
{% endif %}
