-- Available batches: certified, in date for another 180 days, not reserved.
{{ config(materialized='incremental', unique_key=['snapshot_date', 'batch_id', 'country_code']) }}

select
    current_date                                               as snapshot_date,
    release.batch_id,
    release.country_code,
    release.material_id,
    release.plant_code,
    release.expiry_date,
    greatest(release.released_quantity - coalesce(reserved.quantity, 0), 0) as available_quantity,
    release.unit_code,
    now()                                                      as calculated_at
from {{ source('quality_batch_release', 'batch_release') }} as release
left join {{ ref('reservation') }} as reserved
    using (batch_id, country_code)
where release.release_decision = 'certified'
  and release.expiry_date > current_date + 180
