-- Batch record: header of the electronic batch record, one row per batch.
-- Validated under CC-2026-0142. recorded_at and recorded_by come from the audit trail, not from the header.
select
    header.batch_no                                       as batch_id,
    header.material_no                                    as material_id,
    header.plant                                          as plant_code,
    header.process_order                                  as process_order_id,
    case header.status
        when 10 then 'in_process'
        when 20 then 'completed'
        when 30 then 'reviewed'
        when 90 then 'rejected'
    end                                                   as batch_record_status,
    step.first_start_utc                                  as manufacturing_started_at,
    case when header.status > 10 then step.last_end_utc end as manufacturing_completed_at,
    header.expiry                                         as expiry_date,
    cast(header.output_qty as decimal(15, 3))             as batch_quantity,
    unit.rec20_code                                       as unit_code,
    cast(100 * header.output_qty / header.theoretical_qty as decimal(5, 2)) as yield_percent,
    coalesce(exceptions.deviations, 0)                    as deviation_count,
    audit.entry_utc                                       as recorded_at,
    audit.operator_pseudonym                              as recorded_by
from mes.ebr_header as header
join (
    select batch_no, min(start_utc) as first_start_utc, max(end_utc) as last_end_utc
    from mes.ebr_step
    group by batch_no
) as step using (batch_no)
join mes.latest_header_entry as audit using (batch_no)
join reference.unit_of_measure as unit on unit.mes_code = header.output_uom
left join (
    select batch_no, count(*) as deviations
    from mes.ebr_exception
    where class = 'DEVIATION'
    group by batch_no
) as exceptions using (batch_no)
