/* work.c - requests, orders, visits and reports: whom and what an event is about when it names only
 * one of these. */
#include "notifier.h"

ENTITY_TABLE (request, REQUEST_FIELDS);
ENTITY_TABLE (work_order, WORK_ORDER_FIELDS);
ENTITY_TABLE (visit, VISIT_FIELDS);
ENTITY_TABLE (report, REPORT_FIELDS);

void
on_service_request_accepted (tx_t *tx, const service_request_accepted_t *event)
{
    request_t *row = tx_need (tx, request, event->request_id);
    row->customer_id = event->customer_id;
    row->site_id = event->site_id;
    row->asset_id = event->asset_id;
    row->territory_id = event->territory_id;
    row->type = (int) event->type;
    row->description = event->text;
    notice_resume (tx, "request", row->id);
    on_event (tx, &event->base);
}

void
on_service_request_triaged (tx_t *tx, const service_request_triaged_t *event)
{
    tx_need (tx, request, event->request_id)->fault_level = event->fault_level;
    on_event (tx, &event->base);
}

void
on_work_order_created (tx_t *tx, const work_order_created_t *event)
{
    work_order_t *row = tx_need (tx, work_order, event->work_order_id);
    row->request_id = event->request_id;
    row->customer_id = event->customer_id;
    row->site_id = event->site_id;
    row->asset_id = event->asset_id;
    row->territory_id = event->territory_id;
    row->type = (int) event->type;
    row->description = event->description;
    row->fault_level = event->fault_level;
    notice_resume (tx, "work_order", row->id);
    on_event (tx, &event->base);
}

void
on_visit_offered (tx_t *tx, const visit_offered_t *event)
{
    visit_t *row = tx_need (tx, visit, event->visit_id);
    row->work_order_id = event->work_order_id;
    row->engineer_id = is_empty (event->provider_id) ? event->engineer_id : event->provider_id;
    row->starts_at = event->starts_at;
    row->work_starts_at = event->work_starts_at;
    row->ends_at = event->ends_at;
    on_event (tx, &event->base);
}

void
on_visit_accepted (tx_t *tx, const visit_accepted_t *event)
{
    visit_t *row = tx_need (tx, visit, event->visit_id);
    row->work_order_id = event->work_order_id;
    row->engineer_id = is_empty (event->provider_id) ? event->engineer_id : event->provider_id;
    row->starts_at = event->starts_at;
    row->work_starts_at = event->work_starts_at;
    row->ends_at = event->ends_at;
    row->is_accepted = true;
    on_event (tx, &event->base);
}

void
on_service_report_issued (tx_t *tx, const service_report_issued_t *event)
{
    report_t *row = tx_need (tx, report, event->report_id);
    row->content = event->text;
    row->engineer_id = event->engineer_id;
    on_event (tx, &event->base);
}
