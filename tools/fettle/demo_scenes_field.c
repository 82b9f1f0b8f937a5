/* demo_scenes_field - what goes otherwise than planned: missing parts, emergencies, due dates,
 * broken promises. */
#include "demo_scenes.h"
#include "calendar/zone.h"
#include "moment.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define HOUR_MS INT64_C (3600000)

/* ---- shortage */

static void
s_go_back (demo_t *demo, const job_t *job)
{
    part_quantity_t less = { .base = part_quantity_init, .item_id = "gas-valve", .quantity = -1 };
    demo_do (demo, "agent:anna", cancel_service_request (.request_id = (char *) job->request_id,
        .reason = "the customer has changed the burner himself"),
        "the customer needs nobody any more");
    AWAIT (demo, reservation_released, work_order_id, job->work_order_id);
    demo_send (demo, NULL, adjust_stock (.document_id = arena_printf (demo->arena, "demo-%s-count",
        demo->run),
        .location_id = "wh-mi-main", .n_parts = 1, .parts = (part_quantity_t *[]) { &less },
        .reason = "sent back to the supplier"));
}

static bool
s_runs_short (demo_t *demo, job_t *job, int64_t available)
{
    const reservation_short_t *missing = AWAIT (demo, reservation_short, work_order_id,
        job->work_order_id);
    const readiness_changed_t *ready = AWAIT (demo, readiness_changed, work_order_id,
        job->work_order_id);
    if (!missing || !ready)
        return false;
    demo_settle (demo);
    demo_expect (demo, missing->n_shortages == 1 && missing->shortages [0]->available == available,
        "it is said what is missing: %lld are there", (long long) available);
    return demo_expect (demo, !ready->ready && !SEEN (demo, dispatch_decided, work_order_id,
        job->work_order_id),
        "nobody is sent for nothing: no engineer is chosen");
}

void
scene_shortage (demo_t *demo)
{
    job_t job = { .asset_id = "mi-boiler" };
    int64_t available = demo_available (demo, "gas-valve", "wh-mi-main") + demo_available (demo,
        "gas-valve", "wh-mi-depot");
    part_quantity_t part = { .base = part_quantity_init, .item_id = "gas-valve",
        .quantity = available + 1 }, one = part;
    part_quantity_t *parts [] = { &part }, *delivered [] = { &one };
    skill_level_t skill = { .base = skill_level_init, .skill = "heating", .level = 2 };
    change_support_tier_t needs = { .base = change_support_tier_init,
        .reason = "all valves of the burners are to be changed",
        .waive_remote_reason = "parts are needed", .n_skills = 1,
        .skills = (skill_level_t *[]) { &skill }, .n_parts = 1,
        .parts = parts, .work_minutes = 60 };
    one.quantity = 1;
    if (!job_submit (demo, &job, CHANNEL_WEB, "Valvole del gas da sostituire")
        || !job_on_site (demo, &job, &needs)
        || !s_runs_short (demo, &job, available))
        return;
    size_t mark = demo_mark (demo);
    demo_do (demo, "operator:warehouse",
        receive_stock (.document_id = arena_printf (demo->arena, "demo-%s-delivery", demo->run),
        .location_id = "wh-mi-main", .n_parts = 1, .parts = delivered),
        "the supplier brings one more");
    const reservation_made_t *made = AWAIT (demo, reservation_made, work_order_id,
        job.work_order_id);
    const readiness_changed_t *ready = AWAIT_AFTER (demo, mark, readiness_changed, work_order_id,
        job.work_order_id);
    demo_expect (demo, made && ready && ready->ready,
        "the order takes its parts by itself and may go");
    if (job_offer (demo, &job, mark))
        s_go_back (demo, &job);
}

/* ---- emergency */

static bool
s_alarm (demo_t *demo, job_t *job)
{
    job->request_id = demo_do (demo, "gateway:lifts",
        raise_alarm (.device_id = (char *) job->asset_id, .code = "PERSON_TRAPPED",
        .severity = 5, .gateway_id = "gateway-lifts",
        .text = "轿厢停在7层与8层之间，有人被困", .device_time_at = moment_now ()),
        "the lift's gateway: somebody is trapped between the floors 7 and 8");
    if (!job->request_id)
        return false;
    demo_follow (demo, job->request_id);
    const work_order_created_t *order = AWAIT (demo, work_order_created, request_id,
        job->request_id);
    job->work_order_id = order ? order->work_order_id : NULL;
    return order;
}

static int64_t
s_recorded_at (demo_t *demo, const ProtobufCMessageDescriptor *type, const char *field,
const char *value)
{
    for (size_t i = (size_t) demo->scene_event; i < watch_count (demo->watch); i++) {
        const watched_t *event = watch_at (demo->watch, i);
        if (event->message->descriptor == type && strcmp (watch_text (event->message, field),
            value) == 0)
            return event->envelope->recorded;
    }
    return 0;
}

void
scene_emergency (demo_t *demo)
{
    job_t job = { .asset_id = "bj-lift" };
    const char *codes [] = { "TRAPPED", "DOOR_CONTACT", "ADJUSTED" };
    scene_calm (demo, job.asset_id, "PERSON_TRAPPED");
    if (!s_alarm (demo, &job) || !job_offer (demo, &job, (size_t) demo->scene_event))
        return;
    const service_request_triaged_t *triage = SEEN (demo, service_request_triaged, request_id,
        job.request_id);
    int64_t offered_ms = s_recorded_at (demo, &visit_offered_descriptor, "visit_id", job.visit_id)
        - s_recorded_at (demo, &service_request_accepted_descriptor, "request_id", job.request_id);
    demo_expect (demo, triage && triage->fault_level == 1,
        "fault level 1, and straight to the on-site step");
    demo_expect (demo, offered_ms < 2000, "%lld ms from the alarm to the engineer's telephone",
        (long long) offered_ms);
    if (!job_accept (demo, &job) || !job_travel (demo, &job) || !job_arrive (demo, &job, 0, 0.0008)
        || !job_work (demo, &job)
        || !job_report (demo, &job, codes, "被困人员已安全救出，门触点已调整", 0,
            NULL, 5.4) || !job_sign (demo, &job, "李晓燕") || !job_cost (demo, &job))
        return;
    demo_expect (demo, scene_met (demo, job.request_id, MILESTONE_ARRIVE),
        "the arrival was within the hour of the gold contract");
    demo_expect (demo, job.posted->charge_minor == 0,
        "lifts are covered in full: nothing is charged");
    demo_do (demo, "gateway:lifts", clear_alarm (.device_id = (char *) job.asset_id,
        .code = "PERSON_TRAPPED",
        .gateway_id = "gateway-lifts"), "the gateway says the lift is well");
    job_confirm (demo, &job);
}

/* ---- maintenance */

/* Every week from a few minutes ahead on: the first occurrence is due at once, the next is a week
 * away. */
static const char *
s_publish (demo_t *demo, const char *plan_id, int64_t *ret_due_at)
{
    char first_on [DATE_TEXT_SIZE];
    int64_t ms;
    int32_t date = zone_date (zone_find (demo->scene->zone, NULL), moment_now () + 180000, &ms);
    skill_level_t skill = { .base = skill_level_init, .skill = "lifts", .level = 2 };
    maintenance_plan_details_t details = { .base = maintenance_plan_details_init,
        .name = "Weekly inspection",
        .asset_id = "mi-lift", .recurrence = RECURRENCE_KIND_WEEKLY, .every = 1,
        .first_on = date_format (date, first_on),
        .time_of_day = arena_printf (demo->arena, "%02d:%02d", (int) (ms / HOUR_MS),
        (int) (ms / 60000 % 60)), .lead_ms = 24 * HOUR_MS,
        .tolerance_ms = 24 * HOUR_MS, .n_skills = 1, .skills = (skill_level_t *[]) { &skill },
        .work_minutes = 45,
        .description = "Ispezione settimanale ascensore" };
    *ret_due_at = zone_at (zone_find (demo->scene->zone, NULL), date, ms / 60000 * 60000);
    if (!demo_do (demo, NULL, publish_maintenance_plan (.plan_id = (char *) plan_id,
        .details = &details),
        "a plan: the lift is inspected every week, the next time %s",
        demo_local (demo, *ret_due_at)))
        return NULL;
    const occurrence_generated_t *due = AWAIT (demo, occurrence_generated, plan_id, plan_id);
    demo_expect (demo, due && due->due_at == *ret_due_at, "it falls due exactly then");
    return due ? due->occurrence_id : NULL;
}

static bool
s_checklist (demo_t *demo, job_t *job)
{
    const bus_reply_t *reply = demo_send (demo, NULL,
        issue_service_report (.visit_id = (char *) job->visit_id, .symptom_code = "-",
        .cause_code = "-", .remedy_code = "-"));
    return demo_expect (demo, reply->status == STATUS_REJECTED
        && strcmp (reply->code, "report.checklist_missing") == 0,
        "a report without its checklist is refused: %s", reply->message);
}

static bool
s_maintain (demo_t *demo, job_t *job, const char *occurrence_id)
{
    const char *codes [] = { "NONE", "NONE", "INSPECTED" };
    demo_follow (demo, occurrence_id);
    const work_order_created_t *order = AWAIT (demo, work_order_created, occurrence_id,
        occurrence_id);
    job->work_order_id = order ? order->work_order_id : NULL;
    return order && job_offer (demo, job, (size_t) demo->scene_event) && job_accept (demo, job)
        && job_travel (demo, job)
        && job_arrive (demo, job, 0, 0.0003) && job_work (demo, job) && s_checklist (demo, job)
        && job_report (demo, job, codes, "Ispezione eseguita, nessuna anomalia", 0, NULL, 3.1)
            && job_sign (demo, job, "Giulia Colombo");
}

void
scene_maintenance (demo_t *demo)
{
    job_t job = { .asset_id = "mi-lift" };
    int64_t due_at;
    const char *plan_id = arena_printf (demo->arena, "demo-%s", demo->run),
        *occurrence_id = s_publish (demo, plan_id, &due_at);
    if (occurrence_id && s_maintain (demo, &job, occurrence_id)) {
        const occurrence_done_t *done = AWAIT (demo, occurrence_done, occurrence_id, occurrence_id);
        demo_expect (demo, done && done->in_time
            && done->next_due_at - due_at >= 7 * 24 * HOUR_MS - HOUR_MS,
            "done in time; the next is due %s", demo_local (demo, done ? done->next_due_at : 0));
        job_cost (demo, &job);
    }
    demo_do (demo, NULL, suspend_maintenance_plan (.plan_id = (char *) plan_id,
        .reason = "end of the demonstration"),
        "the plan is suspended, for this was a demonstration");
}

/* ---- promise */

static bool
s_break (demo_t *demo, job_t *job, int64_t *ret_due_at)
{
    *ret_due_at = moment_now () + 1500;
    if (!demo_do (demo, "agent:minh", set_sla_deadline (.case_id = (char *) job->request_id,
        .milestone = MILESTONE_ARRIVE,
        .due_at = *ret_due_at, .reason = "promised on the telephone", .even_if_closed = true),
        "on the telephone he is promised for %s",
        demo_local (demo, *ret_due_at)))
        return false;
    demo_note (demo, "the telephone of %s has no net in the tunnel", NAME (demo, job->engineer_id));
    const sla_breached_t *breach = AWAIT (demo, sla_breached, case_id, job->request_id);
    return demo_expect (demo, breach && breach->breach_at >= *ret_due_at
        && breach->late_by_ms < 2000,
        "the breach is noticed %lld ms after the instant", (long long) (breach ? breach->late_by_ms
        : -1));
}

void
scene_promise (demo_t *demo)
{
    job_t job = { .asset_id = "hcm-ups" };
    skill_level_t skill = { .base = skill_level_init, .skill = "power", .level = 2 };
    change_support_tier_t needs = { .base = change_support_tier_init,
        .reason = "the battery must be measured",
        .waive_remote_reason = "no remote access", .n_skills = 1,
        .skills = (skill_level_t *[]) { &skill }, .work_minutes = 45 };
    const char *codes [] = { "ALARM", "BATTERY_AGED", "CHECKED" };
    int64_t due_at;
    if (!job_submit (demo, &job, CHANNEL_ZALO, "UPS báo động pin yếu")
        || !job_on_site (demo, &job, &needs)
        || !job_offer (demo, &job, (size_t) demo->scene_event) || !job_accept (demo, &job)
            || !job_travel (demo, &job)
        || !s_break (demo, &job, &due_at))
        return;
    demo_note (demo, "back in the net, the telephone tells: arrived %s",
        demo_local (demo, due_at - 400));
    if (!job_arrive (demo, &job, due_at - 400, 0.0006))
        return;
    const sla_breach_retracted_t *retracted = AWAIT (demo, sla_breach_retracted, case_id,
        job.request_id);
    demo_expect (demo, retracted && retracted->met_at == due_at - 400,
        "the breach is taken back: he was there in time");
    if (job_work (demo, &job) && job_report (demo, &job, codes, "Đã đo ắc quy, còn đạt", 0,
        NULL, 9.8) && job_sign (demo, &job, "Oliver Grant")
        && job_cost (demo, &job))
        job_confirm (demo, &job);
}
