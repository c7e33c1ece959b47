-- Batch release: the latest decision of the Qualified Person per batch and market.
-- Batch data comes from manufacturing's contract, the decision from the QMS.
{{ config(materialized='table') }}

with decision as (
    select *
    from {{ source('qms', 'batch_certificate') }}
    qualify row_number() over (partition by batch_no, market order by decided_utc desc) = 1
)

select
    batch.batch_id,
    decision.market                                       as country_code,
    batch.material_id,
    batch.plant_code,
    lower(decision.outcome)                               as release_decision,
    decision.decided_utc                                  as decided_at,
    decision.certificate_no                               as certificate_id,
    case when decision.outcome = 'CERTIFIED' then decision.market_qty else 0 end as released_quantity,
    batch.unit_code,
    batch.expiry_date,
    decision.open_deviations                              as open_deviation_count,
    audit.entry_utc                                       as recorded_at,
    audit.user_pseudonym                                  as recorded_by
from {{ source('manufacturing_batch_record', 'batch_record') }} as batch
join decision
    on decision.batch_no = batch.batch_id
join {{ source('qms', 'audit_log') }} as audit
    on audit.entry_id = decision.entry_id
where batch.batch_record_status in ('reviewed', 'rejected')
