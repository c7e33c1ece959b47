-- Sales forecast: one row per run, material, market and month.
-- The model writes quantiles; this query names them and adds the length of the history.
{{ config(materialized='incremental', unique_key=['forecast_run_id', 'material_id', 'country_code', 'period_start_date']) }}

with history as (
    select
        material_id,
        country_code,
        min(unit_code)                    as unit_code,
        count(distinct period_start_date) as history_month_count
    from {{ ref('monthly_sales') }}
    group by material_id, country_code
)

select
    quantile.forecast_run_id,
    quantile.material_id,
    quantile.country_code,
    quantile.period_start_date,
    quantile.p50                           as forecast_quantity,
    quantile.p10                           as forecast_low_quantity,
    quantile.p90                           as forecast_high_quantity,
    history.unit_code,
    history.history_month_count,
    quantile.finished_at                   as calculated_at
from {{ ref('model_quantiles') }} as quantile
join history
    using (material_id, country_code)
{% if is_incremental() %}
where quantile.finished_at > (select max(calculated_at) from {{ this }})
{% endif %}
