-- Contact persons of sales orders: personal data, in a schema and under a role of its own.
-- Only the encrypted columns are stored, under the encryptedName of the contract; a view over this table
-- decrypts them under the contract's names for the service role.
-- Rows leave two years after the order was closed; the contract promises it.
{{ config(materialized='table', schema='sales_order_contact_v1') }}

select
    vbpa.vbeln                                    as sales_order_id,
    contact_role.code                             as contact_role,
    vbak.kunnr                                    as customer_id,
    {{ encrypt("adrp.name_text") }}               as customer_contact_name_encrypted,
    {{ encrypt("lower(adr6.smtp_addr)") }}        as customer_contact_email_encrypted,
    changes.changed_at
from {{ source('erp', 'vbpa') }} as vbpa
join {{ source('erp', 'vbak') }} as vbak
    on vbak.vbeln = vbpa.vbeln
join {{ source('erp', 'adrp') }} as adrp
    on adrp.persnumber = vbpa.adrnp
join {{ source('erp', 'adr6') }} as adr6
    on adr6.persnumber = vbpa.adrnp
join {{ ref('contact_role') }} as contact_role
    on contact_role.parvw = vbpa.parvw
join {{ ref('latest_change') }} as changes
    on changes.sales_order_id = vbpa.vbeln
join {{ ref('order_closure') }} as closure
    on closure.sales_order_id = vbpa.vbeln
where closure.closed_at is null
   or closure.closed_at > current_timestamp - interval '2 years'
