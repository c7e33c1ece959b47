-- Material requirement: the sales forecast, exploded through the bills of materials.
-- A net requirement is what remains after stock and planned receipts, never below zero.
with latest_run as (
    select max_by(forecast_run_id, calculated_at) as forecast_run_id
    from commercial.sales_forecast_v1.sales_forecast
),

gross as (
    select
        bom.component_material_id                                          as material_id,
        sourcing.plant_code,
        forecast.period_start_date,
        sum(forecast.forecast_quantity * sourcing.share * bom.quantity_per) as gross_requirement_quantity,
        min(bom.unit_code)                                                 as unit_code,
        forecast.forecast_run_id
    from commercial.sales_forecast_v1.sales_forecast as forecast
    join latest_run using (forecast_run_id)
    join planning.sourcing_share as sourcing
        on sourcing.material_id = forecast.material_id
       and sourcing.country_code = forecast.country_code
    join planning.bill_of_materials_exploded as bom
        on bom.material_id = forecast.material_id
       and bom.plant_code = sourcing.plant_code
    group by all
)

select
    :planning_run_id                                                       as planning_run_id,
    gross.material_id,
    gross.plant_code,
    gross.period_start_date,
    cast(gross.gross_requirement_quantity as decimal(15, 3))               as gross_requirement_quantity,
    coalesce(receipt.planned_receipt_quantity, 0)                          as planned_receipt_quantity,
    greatest(
        gross.gross_requirement_quantity
        - coalesce(stock.stock_quantity, 0)
        - coalesce(receipt.planned_receipt_quantity, 0),
        0
    )                                                                      as net_requirement_quantity,
    gross.unit_code,
    gross.forecast_run_id,
    current_timestamp()                                                    as calculated_at
from gross
left join planning.planned_receipt as receipt
    using (material_id, plant_code, period_start_date)
left join planning.opening_stock as stock
    using (material_id, plant_code, period_start_date)
