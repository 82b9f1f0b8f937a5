/* service_report - what was found and done at a visit; a text with a hash, and immutable once it is
 * signed. */
#include "dispatcher.h"
#include "report_text.h"
#include <math.h>
#include <string.h>

ENTITY_TABLE (service_report, SERVICE_REPORT_FIELDS, "visit_id");

enum { CHECKLIST_MAX = 200, PARTS_MAX = 200, DISTANCE_MAX_KM = 20000 };

static bool
s_valid (tx_t *tx, const issue_service_report_t *command)
{
    for (size_t i = 0; i < command->n_parts_used && i <= PARTS_MAX; i++)
        if (!valid_id (tx, "item_id", command->parts_used [i]->item_id)
            || !valid_int (tx, "quantity", command->parts_used [i]->quantity, 1, 1000000)
            || !valid_text (tx, "serial", command->parts_used [i]->serial, 0, 100))
            return false;
    if (!isfinite (command->distance_km) || command->distance_km < 0
        || command->distance_km > DISTANCE_MAX_KM)
        return tx_reject (tx, "distance_km.invalid", "distance_km is %g: send 0 to %d",
                          command->distance_km, DISTANCE_MAX_KM), false;
    return valid_text (tx, "findings", command->findings, 0, 16000)
        && valid_text (tx, "symptom_code", command->symptom_code, 0, 64)
        && valid_text (tx, "cause_code", command->cause_code, 0, 64)
        && valid_text (tx, "remedy_code", command->remedy_code, 0, 64)
        && valid_int (tx, "parts_used", (int64_t) command->n_parts_used, 0, PARTS_MAX)
        && valid_int (tx, "checklist", (int64_t) command->n_checklist, 0, CHECKLIST_MAX);
}

static bool
s_is_answered (const issue_service_report_t *command, const char *question)
{
    for (size_t i = 0; i < command->n_checklist; i++)
        if (strcmp (command->checklist [i]->question, question) == 0
            && !is_empty (command->checklist [i]->answer))
            return true;
    return false;
}

static bool
s_missing (tx_t *tx, const char *question)
{
    tx_reject (tx, "report.checklist_missing", "\"%s\" has no answer: it is mandatory, answer it",
        question);
    return false;
}

/* I10: what the template asks for, what the sender himself calls mandatory, and codes for every
 * repair. */
static bool
s_is_complete (tx_t *tx, const issue_service_report_t *command, const work_order_t *order,
    const report_template_details_t *template)
{
    bool needs_codes = order->type == REQUEST_TYPE_REPAIR || (template && template->codes_required);
    if (needs_codes && (is_empty (command->symptom_code) || is_empty (command->cause_code)
        || is_empty (command->remedy_code)))
        return tx_reject (tx, "report.codes_missing",
                          "symptom \"%s\", cause \"%s\", remedy \"%s\": send all three codes",
                          command->symptom_code, command->cause_code, command->remedy_code), false;
    for (size_t i = 0; i < command->n_checklist; i++)
        if (command->checklist [i]->is_mandatory && is_empty (command->checklist [i]->answer))
            return s_missing (tx, command->checklist [i]->question);
    for (size_t i = 0; template && i < template->n_questions; i++)
        if (template->questions [i]->is_mandatory
            && !s_is_answered (command, template->questions [i]->question))
            return s_missing (tx, template->questions [i]->question);
    return true;
}

static const char *
s_asset_text (tx_t *tx, const asset_t *asset)
{
    if (!asset)
        return "";
    return is_empty (asset->serial) ? tx_printf (tx, "%s (%s)", asset->model, asset->id)
        : tx_printf (tx, "%s %s (%s)", asset->model, asset->serial, asset->id);
}

static const char *
s_either (const char *name, const char *id)
{
    return is_empty (name) ? id : name;
}

static char *
s_who (tx_t *tx, const visit_t *visit)
{
    const engineer_t *engineer = tx_get (tx, engineer, visit->engineer_id);
    const provider_t *provider = tx_get (tx, provider, visit->provider_id);
    if (provider)
        return tx_unpack (tx, provider_details, provider->details)->name;
    return engineer ? tx_unpack (tx, engineer_details, engineer->details)->name : visit->engineer_id;
}

static char *
s_text (tx_t *tx, const issue_service_report_t *command, const trip_t *trip,
    const service_report_t *report, const asset_t *asset, const char *title)
{
    const customer_t *customer = tx_get (tx, customer, trip->order->customer_id);
    const site_t *site = tx_get (tx, site, trip->order->site_id);
    return report_text (tx_arena (tx), &(report_facts_t) {
        .language = (language_t) report->language, .type = (request_type_t) trip->order->type,
        .title = title, .report_id = report->id, .work_order_id = trip->order->id,
        .visit_id = trip->visit->id, .version = report->version,
        .customer = s_either (customer ? customer->name : "", trip->order->customer_id),
        .site = s_either (site ? site->name : "", trip->order->site_id),
        .address = site ? site->address : "", .asset = s_asset_text (tx, asset),
        .engineer = s_who (tx, trip->visit),
        .time_zone = site ? site->time_zone : "", .arrived_at = trip->visit->arrived_at,
        .finished_at = trip->visit->finished_at, .work_remains = trip->visit->work_remains,
        .said = command });
}

static void
s_issue (tx_t *tx, const issue_service_report_t *command, const trip_t *trip, const asset_t *asset,
    const char *title)
{
    service_report_t *report = tx_get (tx, service_report, trip->visit->report_id);
    if (!report)
        report = tx_put (tx, service_report, {
            .id = tx_id (tx), .visit_id = trip->visit->id, .work_order_id = trip->order->id });
    trip->visit->report_id = report->id;
    report->version++;
    report->language = (int) customer_language (tx, trip->order->customer_id,
        trip->order->territory_id);
    report->issued_at = trip->at;
    report->content = s_text (tx, command, trip, report, asset, title);
    report->content_hash = report_hash (tx_arena (tx), report->content);
    report->said = tx_pack (tx, &command->base);
    tx_emit_at (tx, trip->at, service_report_issued (
        .report_id = report->id, .visit_id = report->visit_id,
        .work_order_id = report->work_order_id, .engineer_id = trip->visit->engineer_id,
        .content_hash = report->content_hash, .version = report->version, .text = report->content,
        .language = (language_t) report->language, .distance_km = command->distance_km,
        .customer_id = trip->order->customer_id, .request_id = trip->order->request_id));
    tx_accept (tx, report->id);
}

void
on_issue_service_report (tx_t *tx, const issue_service_report_t *command)
{
    const visit_t *visit = tx_get (tx, visit, command->visit_id);
    const service_report_t *last = tx_get (tx, service_report, visit ? visit->report_id : "");
    if (last && last->signed_at)
        return tx_reject (tx, "report.signed",
            "report %s is signed and can not change any more: tell it on another visit", last->id);
    trip_t trip;
    if (!s_valid (tx, command)
        || !visit_may (tx, command->visit_id, command->engineer_id, "IssueServiceReport", &trip))
        return;
    const asset_t *asset = tx_get (tx, asset, trip.order->asset_id);
    const report_template_details_t *template =
        report_template_for (tx, (request_type_t) trip.order->type,
        asset ? asset->device_type : "");
    if (!s_is_complete (tx, command, trip.order, template))
        return;
    visit_move (trip.visit, "IssueServiceReport", trip.at);
    s_issue (tx, command, &trip, asset, template ? template->title : "");
}
