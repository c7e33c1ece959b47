-- Sales order events: change documents of the ERP, one message per changed item.
-- Keyed by sales order, so the events of one order stay in order.
insert into `commercial.sales-order.events.v1`
select
    cdpos.change_uuid                           as event_id,
    case
        when cdpos.chngind = 'I' then 'order_created'
        when cdpos.fname = 'ABGRU' then 'order_cancelled'
        else 'item_changed'
    end                                         as order_event_type,
    cdhdr.changed_at_utc                        as occurred_at,
    vbap.vbeln                                  as sales_order_id,
    vbap.posnr                                  as item_number,
    vbak.kunnr                                  as customer_id,
    vbap.matnr                                  as material_id,
    vbap.werks                                  as plant_code,
    vbap.kwmeng                                 as ordered_quantity,
    unit.rec20_code                             as unit_code,
    vbep.edatu                                  as requested_delivery_date,
    cdhdr.changed_at_utc                        as changed_at
from erp_cdpos as cdpos
join erp_cdhdr as cdhdr on cdhdr.changenr = cdpos.changenr
join erp_vbap for system_time as of cdhdr.proc_time as vbap
    on vbap.vbeln = cdpos.objectid and vbap.posnr = cdpos.item_number
join erp_vbak for system_time as of cdhdr.proc_time as vbak
    on vbak.vbeln = vbap.vbeln
join erp_vbep for system_time as of cdhdr.proc_time as vbep
    on vbep.vbeln = vbap.vbeln and vbep.posnr = vbap.posnr
join unit_of_measure for system_time as of cdhdr.proc_time as unit
    on unit.erp_code = vbap.vrkme;
