-- Genealogy graph: the two tables as JSON-LD, one document per line.
-- Field names are those of the tables; the context maps them to classes and relations.
select to_json(named_struct(
    '@context', 'https://ontology.pharma.example/batch-genealogy/1.0',
    '@type',    'batch_record',
    '@id',      concat('urn:pharma:batch:', batch_id),
    'batch_id', batch_id,
    'material_id', material_id,
    'plant_code', plant_code,
    'process_order_id', process_order_id,
    'batch_record_status', batch_record_status,
    'manufacturing_started_at', manufacturing_started_at,
    'manufacturing_completed_at', manufacturing_completed_at,
    'expiry_date', expiry_date,
    'batch_quantity', batch_quantity,
    'unit_code', unit_code,
    'yield_percent', yield_percent,
    'deviation_count', deviation_count,
    'recorded_at', recorded_at,
    'recorded_by', recorded_by
)) as document
from manufacturing_gxp.batch_record_v1.batch_record

union all

select to_json(named_struct(
    '@context', 'https://ontology.pharma.example/batch-genealogy/1.0',
    '@type',    'batch_input',
    '@id',      concat('urn:pharma:batch-input:', batch_id, ':', component_batch_id),
    'batch_id', batch_id,
    'component_batch_id', component_batch_id,
    'component_material_id', component_material_id,
    'plant_code', plant_code,
    'consumed_quantity', consumed_quantity,
    'unit_code', unit_code,
    'recorded_at', recorded_at,
    'recorded_by', recorded_by
)) as document
from manufacturing_gxp.batch_record_v1.batch_input
