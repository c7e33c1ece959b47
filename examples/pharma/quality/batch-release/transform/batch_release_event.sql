-- Release events: one message per decision about a batch and market, keyed by batch.
-- A decision counts only for batches that manufacturing has announced.
insert into `quality.batch-release.events.v1`
select
    certificate.decision_uuid                             as event_id,
    concat('batch_', lower(certificate.outcome))          as release_event_type,
    certificate.decided_utc                               as occurred_at,
    batch.batch_id,
    certificate.market                                    as country_code,
    batch.material_id,
    batch.plant_code,
    lower(certificate.outcome)                            as release_decision,
    certificate.certificate_no                            as certificate_id,
    certificate.entry_utc                                 as recorded_at,
    certificate.user_pseudonym                            as recorded_by
from qms_batch_certificate as certificate
join batch_reviewed for system_time as of certificate.proc_time as batch
    on batch.batch_id = certificate.batch_no;
