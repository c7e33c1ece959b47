-- Release test results: the reportable result per batch and test, with the limits in force on the day of testing.
{{ config(materialized='table') }}

select
    result.batch_no                                       as batch_id,
    spec.test_code,
    result.reportable_value                               as result_value,
    spec.lower_limit                                      as lower_limit_value,
    spec.upper_limit                                      as upper_limit_value,
    result.reportable_value >= coalesce(spec.lower_limit, result.reportable_value)
    and result.reportable_value <= coalesce(spec.upper_limit, result.reportable_value) as is_within_limits,
    result.approved_utc                                   as recorded_at,
    result.approver_pseudonym                             as recorded_by
from {{ source('lims', 'result') }} as result
join {{ source('lims', 'specification') }} as spec
    on spec.spec_id = result.spec_id
   and result.tested_utc between spec.valid_from_utc and coalesce(spec.valid_to_utc, result.tested_utc)
where result.status = 'APPROVED'
