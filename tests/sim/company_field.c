/* company_field - engineers and subcontractors. They answer offers or do not, get under way late, are out of reach and
 * tell hours later what they did, find nobody at home, find that it is more than was said. */
#include "company.h"
#include "calendar/date.h"
#include <string.h>

typedef enum { STEP_ISSUE, STEP_TRAVEL, STEP_ARRIVE, STEP_BEGIN, STEP_PAUSE, STEP_RESUME, STEP_FINISH, STEP_REPORT,
               STEP_SIGN } step_t;

static sim_deed_fn s_do_step;

static char *
s_actor (sim_t *sim, const visit_t *visit)
{
    return company_text (sim, "engineer:%s", visit->engineer_id);
}

/* ---- parts he says he has used, of those that were issued; now and then one more */

static size_t
s_used_parts (sim_t *sim, visit_t *visit, part_quantity_t **parts)
{
    size_t count = 0;
    order_t *order = visit->order;
    for (int i = 0; order && i < order->part_count; i++) {
        int64_t used = order->parts [i].out - (order->parts [i].out && company_often (sim, 15));
        order->parts [i].out -= used;
        used += company_often (sim, 3);         /* one that he had in the van, or nobody knows where */
        if (!used)
            continue;
        parts [count] = arena_alloc (sim_arena (sim), sizeof **parts);
        *parts [count] = (part_quantity_t) { .base = part_quantity_init, .serial = "", .quantity = used,
            .item_id = order->parts [i].item_id };
        count++;
    }
    return count;
}

static checklist_answer_t **
s_checklist (sim_t *sim)
{
    checklist_answer_t **answers = arena_array (sim_arena (sim), 1, sizeof *answers);
    answers [0] = arena_alloc (sim_arena (sim), sizeof **answers);
    *answers [0] = (checklist_answer_t) { .base = checklist_answer_init, .question = "Is it safe?", .answer = "yes",
        .is_mandatory = true };
    return answers;
}

/* ---- the steps of a visit */

static const ProtobufCMessage *
s_report (sim_t *sim, visit_t *visit)
{
    part_quantity_t **parts = arena_array (sim_arena (sim), 6, sizeof *parts);
    issue_service_report_t *report = arena_alloc (sim_arena (sim), sizeof *report);
    *report = (issue_service_report_t) { .base = issue_service_report_init, .visit_id = visit->id,
        .engineer_id = visit->engineer_id, .symptom_code = "noise", .cause_code = "wear", .remedy_code = "replaced",
        .findings = "worn, replaced", .parts_used = parts, .n_checklist = 1, .checklist = s_checklist (sim),
        .distance_km = company_pick (sim, 400) / 10.0 };
    report->n_parts_used = s_used_parts (sim, visit, parts);
    return &report->base;
}

static geo_point_t *
s_where (sim_t *sim, const visit_t *visit)
{
    const char *number = visit->order ? strrchr (visit->order->site_id, 's') : NULL;
    geo_point_t *point = company_point (sim, visit->order ? visit->order->country : 0,
        number ? (number [1] - '0') * 10 + number [2] - '0' : 1);
    if (company_often (sim, 10))
        point->latitude += 0.02;
    return company_often (sim, 5) ? NULL : point;
}

#define SAID(message, ...) \
    (*(message##_t *) keep = *(message##_t *) message (.visit_id = visit->id, .engineer_id = visit->engineer_id, \
        ##__VA_ARGS__), (const ProtobufCMessage *) keep)

static const ProtobufCMessage *
s_command (sim_t *sim, visit_t *visit, step_t step)
{
    void *keep = arena_alloc (sim_arena (sim), 256);
    switch (step) {
    case STEP_TRAVEL:
        return SAID (start_travel);
    case STEP_ARRIVE:
        return SAID (arrive_at_site, .point = s_where (sim, visit), .accuracy_m = company_often (sim, 8) ? 900 : 12);
    case STEP_BEGIN: case STEP_RESUME:
        return SAID (start_work);
    case STEP_PAUSE:
        return SAID (pause_work, .reason = "lunch");
    case STEP_FINISH:
        return SAID (finish_work, .work_remains = visit->work_remains, .note = "done");
    case STEP_REPORT:
        return s_report (sim, visit);
    default:
        return company_often (sim, 25)
            ? (*(refuse_signature_t *) keep = *(refuse_signature_t *) refuse_signature (.report_id = visit->report_id,
                .reason = "in a hurry", .signer_name = "Mario"), (const ProtobufCMessage *) keep)
            : (*(sign_service_report_t *) keep = *(sign_service_report_t *) sign_service_report (
                .report_id = visit->report_id, .signer_name = "Mario", .signer_role = "caretaker",
                .content_hash = visit->report_hash), (const ProtobufCMessage *) keep);
    }
}

static void
s_next_step (sim_t *sim, visit_t *visit)
{
    do
        visit->step++;
    while (visit->step < STEPS && !visit->times [visit->step]);
    if (visit->step >= STEPS)
        return;
    int64_t soon = sim_now (sim) + sim_between (sim, 400, 4000);
    sim_at (sim, visit->is_offline || visit->times [visit->step] < soon ? soon : visit->times [visit->step],
        s_do_step, visit);
}

/* Busy with the visit before it, or the report is not on his phone yet: a while later. Anything else: it is not his
 * any more, or was not to be. */
static void
s_step_done (sim_t *sim, const sim_verdict_t *verdict, void *about)
{
    visit_t *visit = about;
    if (verdict->status != STATUS_REJECTED) {
        if (visit->step == STEP_REPORT)
            visit->report_id = arena_strdup (sim_arena (sim), verdict->subject);
        return s_next_step (sim, visit);
    }
    bool may_again = strcmp (verdict->code, "engineer.busy") == 0 || strncmp (verdict->code, "report.", 7) == 0;
    if (!may_again || visit->tries++ > 40)
        return;
    visit->is_offline = false;
    company_later (sim, MINUTES (5), MINUTES (20), s_do_step, visit);
}

static int64_t
s_happened_at (sim_t *sim, const visit_t *visit)
{
    return visit->is_offline && visit->times [visit->step] < sim_now (sim) ? visit->times [visit->step] : 0;
}

static void
s_say_again_now_and_then (sim_t *sim, const visit_t *visit, const ProtobufCMessage *command)
{
    if (company_often (sim, 4))
        company_wrong_repeat (sim, s_actor (sim, visit), command);
}

static void
s_issue_parts (sim_t *sim, visit_t *visit)
{
    order_t *order = visit->order;
    if (order && order->part_count && !visit->is_provider)
        company_send (sim, "operator:store", 0, issue_parts (.work_order_id = order->id,
            .document_id = company_text (sim, "issue-%.36s", visit->id),
            .to_location_id = company_text (sim, "van-%s", visit->engineer_id)), NULL, NULL);
}

static void
s_do_step (sim_t *sim, void *about)
{
    visit_t *visit = about;
    if (visit->is_ended && !visit->is_offline)
        return;
    if (visit->step == STEP_ISSUE) {
        s_issue_parts (sim, visit);
        return s_next_step (sim, visit);
    }
    if (visit->step == STEP_ARRIVE && !visit->is_offline && company_often (sim, 4)) {
        company_send (sim, s_actor (sim, visit), 0, report_no_access (.visit_id = visit->id,
            .engineer_id = visit->engineer_id, .note = "nobody at home"), NULL, NULL);
        return;
    }
    const ProtobufCMessage *command = s_command (sim, visit, visit->step);
    company_send (sim, s_actor (sim, visit), s_happened_at (sim, visit), command, s_step_done, visit);
    s_say_again_now_and_then (sim, visit, command);
    if (visit->step == STEP_FINISH && company_often (sim, 6))
        company_send (sim, s_actor (sim, visit), 0, record_time_entry (.visit_id = visit->id, .kind = TIME_KIND_BREAK,
            .time_entry_id = company_text (sim, "te-%.36s", visit->id), .engineer_id = visit->engineer_id,
            .from_at = sim_now (sim) - MINUTES (200), .to_at = sim_now (sim) - MINUTES (185)), NULL, NULL);
}

/* ---- from yes to the first step */

static void
s_plan_times (sim_t *sim, visit_t *visit)
{
    int64_t late = company_often (sim, 25) ? MINUTES (company_pick (sim, 70)) : -MINUTES (company_pick (sim, 8));
    int64_t work_ms = visit->ends_at - visit->work_starts_at;
    int64_t *times = visit->times;
    times [STEP_TRAVEL] = visit->starts_at + late > sim_now (sim) ? visit->starts_at + late : sim_now (sim) + 60000;
    times [STEP_ISSUE] = times [STEP_TRAVEL] - MINUTES (20) > sim_now (sim) ? times [STEP_TRAVEL] - MINUTES (20)
        : sim_now (sim) + 1000;
    times [STEP_ARRIVE] = times [STEP_TRAVEL] + 30000
        + (visit->work_starts_at - visit->starts_at) * sim_between (sim, 80, 140) / 100;
    times [STEP_BEGIN] = times [STEP_ARRIVE] + sim_between (sim, 20000, MINUTES (9));
    times [STEP_FINISH] = times [STEP_BEGIN] + work_ms * sim_between (sim, 50, 150) / 100 + 30000;
    if (company_often (sim, 12)) {
        times [STEP_PAUSE] = times [STEP_BEGIN] + work_ms / 4 + 1000;
        times [STEP_RESUME] = times [STEP_PAUSE] + MINUTES (20 + company_pick (sim, 60));
        times [STEP_FINISH] += times [STEP_RESUME] - times [STEP_PAUSE];
    }
    times [STEP_REPORT] = times [STEP_FINISH] + sim_between (sim, 30000, MINUTES (25));
    times [STEP_SIGN] = times [STEP_REPORT] + sim_between (sim, 20000, MINUTES (6));
    visit->work_remains = company_often (sim, 7);
    visit->is_offline = company_often (sim, 9);
}

static void
s_accepted (sim_t *sim, const sim_verdict_t *verdict, void *about)
{
    visit_t *visit = about;
    if (verdict->status == STATUS_REJECTED)
        return;
    visit->is_accepted = true;
    s_plan_times (sim, visit);
    int64_t *times = visit->times;
    if (visit->is_offline)      /* all of it comes when he has a net again */
        sim_at (sim, times [STEP_SIGN] + sim_between (sim, MINUTES (5), HOURS (5)), s_do_step, visit);
    else
        sim_at (sim, times [STEP_ISSUE], s_do_step, visit);
}

static void
s_accept (sim_t *sim, void *about)
{
    visit_t *visit = about;
    if (visit->is_ended)
        return;
    const ProtobufCMessage *command = accept_visit (.visit_id = visit->id, .engineer_id = visit->engineer_id);
    company_send (sim, s_actor (sim, visit), 0, command, s_accepted, visit);
    s_say_again_now_and_then (sim, visit, command);
}

static void
s_reject (sim_t *sim, void *about)
{
    visit_t *visit = about;
    company_send (sim, s_actor (sim, visit), 0, reject_visit (.visit_id = visit->id,
        .engineer_id = visit->engineer_id, .reason = "too far"), NULL, NULL);
}

static void
s_offered (sim_t *sim, const visit_offered_t *offered)
{
    visit_t *visit = company_visit_add (sim, offered);
    int64_t patience_ms = offered->answer_by_at - sim_now (sim);
    int mood = company_pick (sim, 100);
    if (mood < 80)
        company_later (sim, 5000, patience_ms > 30000 ? patience_ms * 7 / 10 : 10000, s_accept, visit);
    else if (mood < 88)
        company_later (sim, 5000, patience_ms > 30000 ? patience_ms / 2 : 10000, s_reject, visit);
    else if (mood < 94)     /* about when it is too late */
        company_later (sim, patience_ms > 0 ? patience_ms - 1000 : 0, patience_ms > 0 ? patience_ms + 4000 : 5000,
            s_accept, visit);
}

/* A person, or a plan of the day, has said yes for him. */
static void
s_accepted_for_him (sim_t *sim, const visit_accepted_t *accepted)
{
    if (company_visit (accepted->visit_id))
        return;
    visit_t *visit = company_visit_add (sim, (const visit_offered_t *) visit_offered (.visit_id = accepted->visit_id,
        .work_order_id = accepted->work_order_id, .engineer_id = accepted->engineer_id,
        .starts_at = accepted->starts_at, .work_starts_at = accepted->work_starts_at, .ends_at = accepted->ends_at,
        .provider_id = accepted->provider_id));
    s_accepted (sim, &(sim_verdict_t) { .status = STATUS_ACCEPTED }, visit);
}

/* ---- days: ill, away, where he is */

static void
s_back_after_all (sim_t *sim, void *about)
{
    company_send (sim, "operator:manager", 0, cancel_absence (.absence_id = about), NULL, NULL);
}

static void
s_away (sim_t *sim, void *about)
{
    char *engineer_id = about;
    bool is_ill = company_often (sim, 60);
    char *id = company_text (sim, "ab-%s-%lld", engineer_id, (long long) (sim_now (sim) / 1000));
    int64_t from_at = sim_now (sim) + (is_ill ? MINUTES (1) : DAYS (1 + company_pick (sim, 6)));
    company_send (sim, company_text (sim, "engineer:%s", engineer_id), 0, record_absence (.absence_id = id,
        .engineer_id = engineer_id, .from_at = from_at, .to_at = from_at + HOURS (4 + company_pick (sim, 40)),
        .reason = is_ill ? "ill" : "dentist", .unplanned = is_ill), NULL, NULL);
    if (company_often (sim, 20))
        company_later (sim, HOURS (1), HOURS (10), s_back_after_all, id);
}

static void
s_here_i_am (sim_t *sim, void *about)
{
    char *engineer_id = about;
    int country = company_country_of (engineer_id);
    company_send (sim, company_text (sim, "engineer:%s", engineer_id), 0, report_position (.engineer_id = engineer_id,
        .point = company_point (sim, country, company_pick (sim, 12)), .accuracy_m = 15, .fixed_at = sim_now (sim)),
        NULL, NULL);
    if (company_often (sim, 15))
        company_send (sim, company_text (sim, "engineer:%s", engineer_id), 0, set_duty (.engineer_id = engineer_id,
            .on_duty = !company_often (sim, 15)), NULL, NULL);
}

void
company_field_day (sim_t *sim, int64_t day_at)
{
    for (int country = 0; country < COUNTRIES; country++)
        for (int n = 1; n <= ENGINEERS; n++) {
            char *engineer_id = company_name (sim, country, 'e', n);
            if (company_often (sim, 7))
                sim_at (sim, day_at + sim_between (sim, 0, DAYS (1) - 1), s_away, engineer_id);
            sim_at (sim, day_at + sim_between (sim, 0, DAYS (1) - 1), s_here_i_am, engineer_id);
        }
}

void
company_field_heard (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body)
{
    if (COMPANY_IS (body, visit_offered))
        return s_offered (sim, (const visit_offered_t *) body);
    if (COMPANY_IS (body, visit_accepted))
        return s_accepted_for_him (sim, (const visit_accepted_t *) body);
    if (COMPANY_IS (body, service_report_issued)) {
        const service_report_issued_t *issued = (const service_report_issued_t *) body;
        visit_t *visit = company_visit (issued->visit_id);
        if (visit)      /* what is shown on the phone, and signed */
            visit->report_hash = arena_strdup (sim_arena (sim), issued->content_hash);
        return;
    }
    visit_t *visit = COMPANY_IS (body, visit_ended) ? company_visit (event->subject) : NULL;
    if (visit)
        visit->is_ended = true;
}
