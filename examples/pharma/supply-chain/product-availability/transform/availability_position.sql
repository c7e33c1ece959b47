-- Availability position: released stock and planned receipts against forecast demand, per material and market.
{{ config(materialized='incremental', unique_key=['snapshot_date', 'material_id', 'country_code']) }}

with stock as (
    select material_id, country_code, min(unit_code) as unit_code, sum(available_quantity) as available_quantity
    from {{ ref('available_batch') }}
    where snapshot_date = current_date
    group by material_id, country_code
),

demand as (
    select material_id, country_code, sum(forecast_quantity) as demand_quantity
    from {{ source('commercial_sales_forecast', 'sales_forecast') }}
    where forecast_run_id = (
            select forecast_run_id
            from {{ source('commercial_sales_forecast', 'sales_forecast') }}
            order by calculated_at desc
            limit 1
          )
      and period_start_date between date_trunc('month', current_date) and current_date + 90
    group by material_id, country_code
),

receipt as (
    select requirement.material_id, lane.country_code,
           sum(requirement.planned_receipt_quantity * lane.share) as planned_receipt_quantity
    from {{ source('manufacturing_material_forecast', 'material_requirement') }} as requirement
    join {{ ref('distribution_lane') }} as lane
        using (material_id, plant_code)
    where requirement.period_start_date <= current_date + 90
    group by requirement.material_id, lane.country_code
),

position as (
    select
        demand.material_id,
        demand.country_code,
        coalesce(stock.available_quantity, 0)          as available_quantity,
        demand.demand_quantity,
        coalesce(receipt.planned_receipt_quantity, 0)  as planned_receipt_quantity,
        coalesce(stock.unit_code, 'H87')               as unit_code,
        least(730, floor(90 * (coalesce(stock.available_quantity, 0) + coalesce(receipt.planned_receipt_quantity, 0))
              / nullif(demand.demand_quantity, 0)))::integer as cover_day_count
    from demand
    left join stock using (material_id, country_code)
    left join receipt using (material_id, country_code)
)

select
    current_date        as snapshot_date,
    material_id,
    country_code,
    available_quantity,
    demand_quantity,
    planned_receipt_quantity,
    unit_code,
    cover_day_count,
    case
        when cover_day_count < 20 then 'short'
        when cover_day_count < 45 then 'watch'
        else 'none'
    end                 as shortage_risk,
    now()               as calculated_at
from position
