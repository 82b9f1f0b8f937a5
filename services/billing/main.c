/* billing - knows the terms, says who pays for a request, what an order has cost and why, and numbers the invoices.
 * in:  contracts, prices; requests, orders, time, parts, reports; months of SLA   out: entitlements, costs, invoices
 * remembers: contracts, prices, entitlements, costs, invoices         rebuilds: nothing */
#include "billing.h"

ENTITY_TABLE  (customer, CUSTOMER_FIELDS);
ENTITY_TABLE  (site, SITE_FIELDS);
ENTITY_TABLE  (asset, ASSET_FIELDS);
ENTITY_CACHED (territory, TERRITORY_FIELDS);
ENTITY_CACHED (business_calendar, BUSINESS_CALENDAR_FIELDS);
ENTITY_TABLE  (contract, CONTRACT_FIELDS, "customer_id");
ENTITY_TABLE  (contract_version, CONTRACT_VERSION_FIELDS);
ENTITY_TABLE  (instalment, INSTALMENT_FIELDS, "contract_id");
ENTITY_CACHED (price_list, PRICE_LIST_FIELDS);
ENTITY_TABLE  (entitlement, ENTITLEMENT_FIELDS);
ENTITY_TABLE  (work_order, WORK_ORDER_FIELDS, "waits_for");
ENTITY_TABLE  (time_entry, TIME_ENTRY_FIELDS, "work_order_id");
ENTITY_TABLE  (trip, TRIP_FIELDS, "work_order_id");
ENTITY_TABLE  (part_use, PART_USE_FIELDS, "work_order_id");
ENTITY_TABLE  (cost_line, COST_LINE_FIELDS, "work_order_id");
ENTITY_TABLE  (invoice, INVOICE_FIELDS);
ENTITY_TABLE  (invoice_series, INVOICE_SERIES_FIELDS);
ENTITY_TABLE  (contract_month, CONTRACT_MONTH_FIELDS);

static const handler_t handlers [] = {
    COMMAND (register_contract,    on_register_contract),
    COMMAND (publish_price_list,   on_publish_price_list),
    COMMAND (override_entitlement, on_override_entitlement),
    COMMAND (grant_goodwill,       on_grant_goodwill),
    EVENT   (intake, customer_registered,      on_customer_registered),
    EVENT   (intake, customer_updated,         on_customer_updated),
    EVENT   (intake, customer_merged,          on_customer_merged),
    EVENT   (intake, territory_published,      on_territory_published),
    EVENT   (intake, site_published,           on_site_published),
    EVENT   (intake, asset_published,          on_asset_published),
    EVENT   (intake, service_request_accepted, on_service_request_accepted),
    EVENT   (scheduler, calendar_published,    on_calendar_published),
    EVENT   (dispatcher, work_order_created,    on_work_order_created),
    EVENT   (dispatcher, time_entry_recorded,   on_time_entry_recorded),
    EVENT   (dispatcher, service_report_issued, on_service_report_issued),
    EVENT   (dispatcher, work_order_completed,  on_work_order_completed),
    EVENT   (inventory, part_consumed,         on_part_consumed),
    EVENT   (inventory, parts_settled,         on_parts_settled),
    EVENT   (sla-watchdog, sla_compliance_closed, on_sla_compliance_closed),
    TIMER   ("instalment_due",                 on_instalment_due),
    TIMER   ("expiry_notice",                  on_expiry_notice),
    TIMER   ("post",                           on_post_due),
    QUERY   (get_cost,                         on_get_cost),
    { 0 }
};

static const entity_t *const entities [] = {
    &customer_entity, &site_entity, &asset_entity, &territory_entity, &business_calendar_entity, &contract_entity,
    &contract_version_entity, &instalment_entity, &price_list_entity, &entitlement_entity, &work_order_entity,
    &time_entry_entity, &trip_entity, &part_use_entity, &cost_line_entity, &invoice_entity, &invoice_series_entity,
    &contract_month_entity, NULL
};

SERVICE (billing, "billing", handlers, entities);
