-- Batch genealogy: one row per batch and component batch. Repeated charges of a component are added up;
-- the entry shown is the last one.
select
    consumption.batch_no                                     as batch_id,
    consumption.component_batch_no                           as component_batch_id,
    min(consumption.component_material_no)                   as component_material_id,
    min(consumption.plant)                                   as plant_code,
    cast(sum(consumption.qty_base_uom) as decimal(15, 3))    as consumed_quantity,
    min(unit.rec20_code)                                     as unit_code,
    max(audit.entry_utc)                                     as recorded_at,
    max_by(audit.operator_pseudonym, audit.entry_utc)        as recorded_by
from mes.ebr_consumption as consumption
join mes.audit_log as audit on audit.entry_id = consumption.entry_id
join reference.unit_of_measure as unit on unit.mes_code = consumption.base_uom
where consumption.reversed_by is null
group by consumption.batch_no, consumption.component_batch_no
