-- Shortage alerts: one message when the risk of a material in a market differs from the day before.
insert into `supply-chain.product-availability.shortage-alerts.v1`
select
    uuid()                                              as event_id,
    today.calculated_at                                 as occurred_at,
    today.snapshot_date,
    today.material_id,
    today.country_code,
    today.shortage_risk,
    today.cover_day_count,
    case
        when today.shortage_risk = 'short'
        then timestampadd(day, today.cover_day_count, today.snapshot_date)
    end                                                 as shortage_start_date
from availability_position as today
join availability_position as yesterday
    on yesterday.material_id = today.material_id
   and yesterday.country_code = today.country_code
   and yesterday.snapshot_date = timestampadd(day, -1, today.snapshot_date)
where today.shortage_risk <> yesterday.shortage_risk;
