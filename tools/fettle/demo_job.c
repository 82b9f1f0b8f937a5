/* demo_job - the way of a job from the request to its price, step by step, as most scenes go it. */
#include "demo.h"
#include "moment.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ENGINEER(demo, job) arena_printf ((demo)->arena, "engineer:%s", (job)->engineer_id)

bool
job_submit (demo_t *demo, job_t *job, channel_t channel, const char *text)
{
    char *external_id = arena_printf (demo->arena, "demo-%s-%s", demo->run, job->asset_id);
    job->request_id = demo_do (demo, "gateway:channels", submit_service_request (
        .channel = channel, .external_id = external_id, .asset_id = (char *) job->asset_id,
        .type = REQUEST_TYPE_REPAIR,
        .text = (char *) text), "a message by %s: \"%s\"", demo_short (demo, &channel_descriptor,
        (int) channel), text);
    if (!job->request_id)
        return false;
    demo_follow (demo, job->request_id);
    return AWAIT (demo, service_request_triaged, request_id, job->request_id)
        && AWAIT (demo, entitlement_resolved, request_id, job->request_id);
}

bool
job_on_site (demo_t *demo, job_t *job, const change_support_tier_t *needs)
{
    change_support_tier_t command = *needs;
    command.request_id = (char *) job->request_id;
    command.tier = SUPPORT_TIER_ONSITE;
    if (!demo_do (demo, "agent:anna",
        acknowledge_service_request (.request_id = (char *) job->request_id, .agent = "anna"),
        "Anna at the service desk takes it in hand")
        || !demo_do (demo, "agent:anna", &command.base, "somebody must go there: %s",
            command.reason))
        return false;
    const work_order_created_t *order = AWAIT (demo, work_order_created, request_id,
        job->request_id);
    job->work_order_id = order ? order->work_order_id : NULL;
    return order;
}

/* The decision that led to the offer is there before it: the dispatcher said it first. */
bool
job_offer (demo_t *demo, job_t *job, size_t from)
{
    job->offer = AWAIT_AFTER (demo, from, visit_offered, work_order_id, job->work_order_id);
    if (!job->offer)
        return false;
    job->visit_id = job->offer->visit_id;
    job->engineer_id = job->offer->engineer_id;
    job->van_id = demo_data (demo, job->engineer_id, "vanLocationId");
    const dispatch_decided_t *decided = SEEN (demo, dispatch_decided, visit_id, job->visit_id);
    if (decided)
        demo_decision (demo, decided);
    return demo_expect (demo, decided && strcmp (decided->winner_id, job->engineer_id) == 0,
        "the decision names the rules and prices, and its winner %s is asked",
        NAME (demo, job->engineer_id));
}

bool
job_accept (demo_t *demo, job_t *job)
{
    return demo_do (demo, ENGINEER (demo, job), accept_visit (.visit_id = (char *) job->visit_id,
        .engineer_id = (char *) job->engineer_id),
        "%s accepts", NAME (demo, job->engineer_id))
        && AWAIT (demo, visit_accepted, visit_id, job->visit_id) && AWAIT (demo, booking_confirmed,
            booking_id, job->visit_id);
}

bool
job_issue_parts (demo_t *demo, job_t *job)
{
    return demo_do (demo, "operator:warehouse", issue_parts (
        .document_id = arena_printf (demo->arena, "demo-%s-issue-%s", demo->run, job->asset_id),
        .work_order_id = (char *) job->work_order_id, .to_location_id = (char *) job->van_id),
        "the warehouse puts the parts into %s", NAME (demo, job->van_id))
        && AWAIT (demo, parts_issued, work_order_id, job->work_order_id);
}

/* A run that was killed left him on the road: that order is given up, so that he is free again. */
static void
s_free (demo_t *demo, const job_t *job)
{
    const bus_reply_t *reply = demo_send (demo, NULL, start_travel (
        .visit_id = (char *) job->visit_id, .engineer_id = (char *) job->engineer_id));
    const char *other = strstr (reply->message ? reply->message : "", "with visit ");
    if (reply->status != STATUS_REJECTED || strcmp (reply->code, "engineer.busy") != 0 || !other)
        return;
    char *visit_id = arena_strdup (demo->arena, other + strlen ("with visit "));
    visit_id [strcspn (visit_id, ": ")] = '\0';
    const dispatch_decided_t *decided =
        (const dispatch_decided_t *) demo_ask (demo, get_decision (.visit_id = visit_id));
    if (decided)
        demo_send (demo, NULL, cancel_work_order (.work_order_id = decided->work_order_id,
            .reason = "left over from an earlier run"));
    demo_send (demo, NULL, start_travel (
        .visit_id = (char *) job->visit_id, .engineer_id = (char *) job->engineer_id));
}

bool
job_travel (demo_t *demo, job_t *job)
{
    demo_settle (demo);
    demo_print (demo, "1", ">",
        arena_printf (demo->arena, "%s drives off", NAME (demo, job->engineer_id)));
    demo_pause (demo, 500);
    s_free (demo, job);
    return AWAIT (demo, visit_travel_started, visit_id, job->visit_id);
}

static geo_point_t
s_point (const demo_t *demo, const char *site_id)
{
    json_t *point = json_object_get (json_object_get (demo->data, site_id), "point");
    return (geo_point_t) { .base = geo_point_init,
        .latitude = json_number_value (json_object_get (point, "latitude")),
        .longitude = json_number_value (json_object_get (point, "longitude")) };
}

bool
job_arrive (demo_t *demo, job_t *job, int64_t at, double north)
{
    geo_point_t point = s_point (demo, demo_data (demo, job->asset_id, "siteId"));
    point.latitude += north;
    demo_settle (demo);
    demo_print (demo, "1", ">", arena_printf (demo->arena, "%s arrives",
        NAME (demo, job->engineer_id)));
    const bus_reply_t *reply = demo_send (demo, &(demo_as_t) { .actor = ENGINEER (demo, job),
        .time_at = at }, arrive_at_site (
        .visit_id = (char *) job->visit_id, .engineer_id = (char *) job->engineer_id,
        .point = &point, .accuracy_m = 8));
    const visit_arrived_t *arrived = reply->status == STATUS_ACCEPTED
        ? AWAIT (demo, visit_arrived, visit_id, job->visit_id) : NULL;
    int64_t expected_m =
        (int64_t) llround (fabs (north) * 111195);     /* a degree of latitude on the mean sphere */
    return demo_expect (demo, arrived && arrived->check == ARRIVAL_CHECK_INSIDE
        && llabs (arrived->distance_m - expected_m) <= 2,
        "he is measured %lld m from the site's point, inside the fence",
        (long long) (arrived ? arrived->distance_m : -1));
}

bool
job_work (demo_t *demo, job_t *job)
{
    if (!demo_do (demo, ENGINEER (demo, job), start_work (.visit_id = (char *) job->visit_id,
        .engineer_id = (char *) job->engineer_id),
        "hands on"))
        return false;
    usleep (50000);
    return demo_do (demo, ENGINEER (demo, job), finish_work (.visit_id = (char *) job->visit_id,
        .engineer_id = (char *) job->engineer_id),
        "done") && AWAIT (demo, visit_finished, visit_id, job->visit_id);
}

bool
job_report (demo_t *demo, job_t *job, const char *codes [3], const char *findings, size_t n_parts,
    part_quantity_t **parts,
            double distance_km)
{
    checklist_answer_t answers [] = {
        { .base = checklist_answer_init, .question = "Readings within limits?", .answer = "yes" },
        { .base = checklist_answer_init, .question = "Safety devices tested?", .answer = "yes" } };
    checklist_answer_t *checklist [] = { &answers [0], &answers [1] };
    const char *report_id = demo_do (demo, ENGINEER (demo, job), issue_service_report (
        .visit_id = (char *) job->visit_id, .engineer_id = (char *) job->engineer_id,
        .symptom_code = (char *) codes [0],
        .cause_code = (char *) codes [1], .remedy_code = (char *) codes [2],
        .findings = (char *) findings, .n_parts_used = n_parts,
        .parts_used = parts, .distance_km = distance_km, .n_checklist = 2, .checklist = checklist),
        "writes the report: %s", findings);
    job->report = report_id ? AWAIT (demo, service_report_issued, report_id, report_id) : NULL;
    return job->report;
}

bool
job_sign (demo_t *demo, job_t *job, const char *signer)
{
    const char *other = "0000000000000000000000000000000000000000000000000000000000000000";
    const bus_reply_t *reply = demo_send (demo, NULL,
        sign_service_report (.report_id = job->report->report_id,
        .content_hash = (char *) other, .signer_name = (char *) signer));
    demo_expect (demo, reply->status == STATUS_REJECTED
        && strcmp (reply->code, "report.hash_differs") == 0,
        "a signature under another text is refused");
    if (!demo_do (demo, ENGINEER (demo, job),
        sign_service_report (.report_id = job->report->report_id,
        .content_hash = job->report->content_hash, .signer_name = (char *) signer,
        .signer_role = "facility manager"),
        "%s signs on the engineer's telephone", signer))
        return false;
    const service_report_signed_t *signature = AWAIT (demo, service_report_signed, report_id,
        job->report->report_id);
    return demo_expect (demo, signature && strcmp (signature->content_hash,
        job->report->content_hash) == 0,
        "what was signed is what was written, to the bit");
}

static void
s_cost_line (demo_t *demo, const cost_line_posted_t *line)
{
    demo_note (demo, "      %-11s %4lld %-7s list %14s  charged %14s  %s: %s",
        demo_short (demo, &cost_kind_descriptor, (int) line->kind),
        (long long) line->quantity, line->unit, demo_money (demo, line->amount_minor,
        line->currency),
        demo_money (demo, line->charge_minor, line->currency),
        demo_short (demo, &coverage_descriptor, (int) line->coverage), line->reason);
}

bool
job_cost (demo_t *demo, job_t *job)
{
    job->posted = AWAIT (demo, work_order_posted, work_order_id, job->work_order_id);
    const work_order_cost_t *cost = job->posted
        ? (const work_order_cost_t *) demo_ask (demo,
        get_cost (.work_order_id = (char *) job->work_order_id)) : NULL;
    int64_t list_minor = 0, charge_minor = 0;
    bool have_reasons = true;
    for (size_t i = 0; cost && i < cost->n_lines; i++) {
        s_cost_line (demo, cost->lines [i]);
        list_minor += cost->lines [i]->amount_minor;
        charge_minor += cost->lines [i]->charge_minor;
        have_reasons = have_reasons && *cost->lines [i]->reason && *cost->lines [i]->rule;
    }
    return demo_expect (demo, cost && cost->n_lines && have_reasons
        && list_minor == job->posted->list_minor
        && charge_minor == job->posted->charge_minor,
        "each cost line has its reason, and the lines add up to what is posted");
}

bool
job_confirm (demo_t *demo, job_t *job)
{
    return demo_do (demo, "customer:portal",
        confirm_service_request (.request_id = (char *) job->request_id, .by = "customer"),
        "the customer says it works") && AWAIT (demo, service_request_closed, request_id,
        job->request_id);
}
