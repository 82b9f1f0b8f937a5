/* signature - the customer signs exactly what was written, or will not; either ends the visit. */
#include "dispatcher.h"
#include <string.h>

static service_report_t *
s_open_report (tx_t *tx, const char *report_id, const char *message, trip_t *ret_trip)
{
    service_report_t *report = tx_get (tx, service_report, report_id);
    if (!report)
        return tx_reject (tx, "report.unknown", "no report %s: look the id up again", report_id),
            NULL;
    if (report->signed_at)
        return tx_reject (tx, "report.signed", "report %s is signed already", report->id), NULL;
    return visit_may (tx, report->visit_id, NULL, message, ret_trip) ? report : NULL;
}

static void
s_declare_parts (tx_t *tx, const service_report_t *report, const trip_t *trip)
{
    const issue_service_report_t *said = tx_unpack (tx, issue_service_report, report->said);
    if (!said->n_parts_used)
        return;
    char *van = driver_van (tx, trip->visit->engineer_id, trip->visit->starts_at);
    tx_emit_at (tx, trip->at, parts_declared_used (
        .report_id = report->id, .visit_id = trip->visit->id, .work_order_id = trip->order->id,
        .engineer_id = trip->visit->engineer_id, .n_parts = said->n_parts_used,
        .parts = said->parts_used, .van_location_id = van,
        .asset_id = trip->order->asset_id, .site_id = trip->order->site_id));
}

static void
s_complete (tx_t *tx, const trip_t *trip)
{
    work_order_t *order = trip->order;
    /* when it worked again, not when that was signed */
    order->completed_at = trip->visit->finished_at;
    order->open_request_id = "";
    tx_emit_at (tx, trip->at, work_order_completed (
        .work_order_id = order->id, .request_id = order->request_id,
        .occurrence_id = order->occurrence_id, .customer_id = order->customer_id,
        .site_id = order->site_id, .asset_id = order->asset_id,
        .type = (request_type_t) order->type, .completed_at = order->completed_at,
        .report_id = trip->visit->report_id));
}

/* Parts, signature, and then the order: consumers count on this order of events. */
static void
s_close (tx_t *tx, service_report_t *report, const trip_t *trip, const char *message)
{
    efficiency_learn (tx, trip);
    tx_find (tx, visit, work_order_id, trip->order->id);
    visit_move (trip->visit, trip->visit->work_remains ? "work remains" : message, trip->at);
    trip->visit->open_engineer_id = trip->order->open_visit_id = "";
    report->signed_at = trip->at;
    s_declare_parts (tx, report, trip);
    tx_emit_at (tx, trip->at, service_report_signed (
        .report_id = report->id, .visit_id = report->visit_id,
        .work_order_id = report->work_order_id, .content_hash = report->content_hash,
        .signer_name = report->signer_name, .signer_role = report->signer_role,
        .signed_at = report->signed_at, .request_id = trip->order->request_id,
        .customer_id = trip->order->customer_id, .refused = report->is_refused,
        .refusal = report->refusal));
    work_order_refresh (tx, trip->order, trip->visit->work_remains ? "work remains" : "");
    tx_accept (tx, report->id);
    if (trip->order->state == WORK_ORDER_STATE_COMPLETED)
        return s_complete (tx, trip);
    trip->order->offers = 0;
    dispatch_decide (tx, trip->order);
}

void
on_sign_service_report (tx_t *tx, const sign_service_report_t *command)
{
    trip_t trip;
    if (!valid_text (tx, "signer_name", command->signer_name, 1, 200)
        || !valid_text (tx, "signer_role", command->signer_role, 0, 200)
        || !valid_point (tx, "point", command->point))
        return;
    service_report_t *report = s_open_report (tx, command->report_id, "SignServiceReport", &trip);
    if (!report)
        return;
    if (strcmp (command->content_hash, report->content_hash) != 0)
        return tx_reject (tx, "report.hash_differs",
            "what was signed (hash %s) is not version %lld of report %s (hash %s): "
            "show the customer that version", command->content_hash,
            (long long) report->version, report->id, report->content_hash);
    report->signer_name = command->signer_name;
    report->signer_role = command->signer_role;
    report->has_point = command->point;
    report->latitude = command->point ? command->point->latitude : 0;
    report->longitude = command->point ? command->point->longitude : 0;
    s_close (tx, report, &trip, "SignServiceReport");
}

void
on_refuse_signature (tx_t *tx, const refuse_signature_t *command)
{
    trip_t trip;
    if (!valid_text (tx, "reason", command->reason, 1, 500)
        || !valid_text (tx, "signer_name", command->signer_name, 0, 200))
        return;
    service_report_t *report = s_open_report (tx, command->report_id, "RefuseSignature", &trip);
    if (!report)
        return;
    report->is_refused = true;
    report->refusal = command->reason;
    report->signer_name = command->signer_name;
    s_close (tx, report, &trip, "RefuseSignature");
}
