-- Batch events: one message per step, deviation or review, keyed by batch.
insert into `manufacturing.batch-record.events.v1`
select
    step.event_uuid                                as event_id,
    case step.event_class
        when 'START'     then 'batch_started'
        when 'END'       then 'batch_completed'
        when 'DEVIATION' then 'deviation_opened'
        when 'REVIEW'    then 'record_reviewed'
    end                                            as batch_event_type,
    step.event_utc                                 as occurred_at,
    header.batch_no                                as batch_id,
    header.material_no                             as material_id,
    header.plant                                   as plant_code,
    header.process_order                           as process_order_id,
    header.status_text                             as batch_record_status,
    header.deviations                              as deviation_count,
    audit.entry_utc                                as recorded_at,
    audit.operator_pseudonym                       as recorded_by
from mes_ebr_step as step
join mes_ebr_header for system_time as of step.proc_time as header
    on header.batch_no = step.batch_no
join mes_audit_log as audit
    on audit.entry_id = step.entry_id
   and audit.entry_utc between step.event_utc and step.event_utc + interval '5' minute
where step.event_class in ('START', 'END', 'DEVIATION', 'REVIEW');
