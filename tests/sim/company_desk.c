/* company_desk - agents and customers: a request is taken in hand, helped by phone, then remotely, then somebody is
 * sent; it waits, is confirmed, reopened, cancelled, merged. Much is forgotten. */
#include "company.h"
#include <string.h>

static sim_deed_fn s_try_phone, s_try_remote, s_send_somebody;

static char *
s_agent (sim_t *sim, const request_t *request)
{
    return company_text (sim, "agent-%s-%d", company_countries [request->country].code, 1 + request->number % 3);
}

static void
s_say_to_intake (sim_t *sim, const request_t *request, const ProtobufCMessage *command)
{
    company_send (sim, s_agent (sim, request), 0, command, NULL, NULL);
}

/* ---- taken in hand */

static void
s_acknowledge (sim_t *sim, void *about)
{
    request_t *request = about;
    if (request->stage != REQUEST_OPEN)
        return;
    request->is_taken = true;
    s_say_to_intake (sim, request, acknowledge_service_request (.request_id = request->id,
        .agent = s_agent (sim, request)));
    if (company_often (sim, 3))
        s_say_to_intake (sim, request, triage_service_request (.request_id = request->id,
            .fault_level = 1 + company_pick (sim, 4), .reason = "the customer called again"));
    if (company_often (sim, 4))
        s_say_to_intake (sim, request, set_sla_deadline (.case_id = request->id, .reason = "promised on the phone",
            .milestone = MILESTONE_COMPLETE, .due_at = sim_now (sim) + HOURS (company_pick (sim, 60) + 3)));
    if (company_often (sim, 2))
        s_say_to_intake (sim, request, override_entitlement (.request_id = request->id, .reason = "as a favour",
            .contract_id = company_often (sim, 50) ? "" : company_name (sim, request->country, 'k', 1)));
    company_later (sim, MINUTES (2), MINUTES (50), s_try_phone, request);
}

/* ---- waits */

static void
s_end_waiting (sim_t *sim, void *about)
{
    request_t *request = about;
    request->is_waiting = false;
    s_say_to_intake (sim, request, end_waiting (.request_id = request->id, .reason = WAIT_REASON_CUSTOMER));
}

/* Some customers answer, some waits end by themselves, some customers are never heard of again. */
static void
s_wait (sim_t *sim, request_t *request)
{
    int64_t resume_at = company_often (sim, 20) ? sim_now (sim) + HOURS (company_pick (sim, 30) + 1) : 0;
    request->is_waiting = true;
    s_say_to_intake (sim, request, start_waiting (.request_id = request->id, .reason = WAIT_REASON_CUSTOMER,
        .holder = "the customer", .resume_at = resume_at));
    if (!resume_at && company_often (sim, 85))
        company_later (sim, MINUTES (20), HOURS (40), s_end_waiting, request);
    if (company_often (sim, 10))
        s_say_to_intake (sim, request, start_waiting (.request_id = request->id, .holder = "the landlord",
            .reason = WAIT_REASON_SITE_ACCESS, .resume_at = sim_now (sim) + HOURS (5)));
}

/* ---- the ladder */

static void
s_attempt (sim_t *sim, request_t *request, support_tier_t tier, bool solved)
{
    int64_t length_ms = MINUTES (3 + company_pick (sim, 25));
    s_say_to_intake (sim, request, record_support_attempt (.request_id = request->id, .tier = tier,
        .agent = s_agent (sim, request), .started_at = sim_now (sim) - length_ms, .ended_at = sim_now (sim) - 1000,
        .solved = solved, .note = "asked to switch it off and on"));
}

static void
s_reach_milestone (sim_t *sim, const request_t *request)
{
    milestone_t milestone = request->type == REQUEST_TYPE_COMPLAINT ? MILESTONE_COMPLAINT_OUTCOME
        : request->type == REQUEST_TYPE_QUOTE ? MILESTONE_PROPOSAL : MILESTONE_PROPOSE_SOLUTION;
    s_say_to_intake (sim, request, reach_sla_milestone (.case_id = request->id, .milestone = milestone,
        .reached_at = company_often (sim, 20) ? sim_now (sim) - HOURS (3) : 0));
}

static bool
s_is_helped_at_the_desk (const request_t *request)
{
    return request->type == REQUEST_TYPE_COMPLAINT || request->type == REQUEST_TYPE_QUOTE
        || request->type == REQUEST_TYPE_CONSULTATION;
}

static void
s_try_phone (sim_t *sim, void *about)
{
    request_t *request = about;
    if (request->stage != REQUEST_OPEN || request->has_order)
        return;
    if (company_often (sim, 12) && !request->is_waiting)
        s_wait (sim, request);
    if (s_is_helped_at_the_desk (request) || company_often (sim, 10))
        s_reach_milestone (sim, request);
    bool solved = s_is_helped_at_the_desk (request) || company_often (sim, 30);
    s_attempt (sim, request, SUPPORT_TIER_PHONE, solved);
    if (!solved)
        company_later (sim, MINUTES (5), HOURS (4), company_often (sim, 60) ? s_try_remote : s_send_somebody, request);
}

static void
s_try_remote (sim_t *sim, void *about)
{
    request_t *request = about;
    if (request->stage != REQUEST_OPEN || request->has_order)
        return;
    bool solved = company_often (sim, 40);
    s_attempt (sim, request, SUPPORT_TIER_REMOTE, solved);
    if (!solved)
        company_later (sim, MINUTES (5), HOURS (2), s_send_somebody, request);
}

static void
s_send_somebody (sim_t *sim, void *about)
{
    request_t *request = about;
    if (request->stage != REQUEST_OPEN || request->has_order)
        return;
    part_quantity_t *parts [3];
    skill_level_t skill = { .base = skill_level_init, .level = 1 + company_pick (sim, 2),
        .skill = (char *) company_skills [company_pick (sim, 4)] };
    skill_level_t *skills [] = { &skill };
    char *tools [] = { "gas-analyser" };
    int64_t in_days = company_often (sim, 10) ? DAYS (1 + company_pick (sim, 4)) : 0;
    change_support_tier_t command = { .base = change_support_tier_init, .request_id = request->id,
        .tier = SUPPORT_TIER_ONSITE, .reason = "hands are needed", .diagnosis = "worn", .n_skills = 1,
        .skills = skills, .work_minutes = 30 + 15 * company_pick (sim, 7), .waive_remote_reason = "",
        .n_tool_kinds = company_often (sim, 6), .tool_kinds = tools, .crew_size = company_often (sim, 4) ? 2 : 0,
        .not_before_at = in_days ? sim_now (sim) + in_days : 0,
        .not_after_at = in_days ? sim_now (sim) + in_days + DAYS (2) : 0 };
    command.n_parts = (size_t) company_some_parts (sim, parts, 3);
    command.parts = parts;
    s_say_to_intake (sim, request, &command.base);
    if (company_often (sim, 8) && !request->is_waiting)
        s_wait (sim, request);
}

/* ---- what customers do once it is solved, or while it is not */

static void
s_confirm (sim_t *sim, void *about)
{
    request_t *request = about;
    company_send (sim, company_text (sim, "customer:%s", request->customer_id), 0,
        confirm_service_request (.request_id = request->id, .by = "the customer"), NULL, NULL);
}

static void
s_reopen (sim_t *sim, void *about)
{
    request_t *request = about;
    company_send (sim, company_text (sim, "customer:%s", request->customer_id), 0,
        reopen_service_request (.request_id = request->id, .reason = "it does it again"), NULL, NULL);
}

static void
s_cancel (sim_t *sim, void *about)
{
    request_t *request = about;
    if (request->stage == REQUEST_OPEN)
        company_send (sim, company_text (sim, "customer:%s", request->customer_id), 0,
            cancel_service_request (.request_id = request->id, .reason = "not needed any more"), NULL, NULL);
}

static void
s_merge (sim_t *sim, void *about)
{
    request_t *request = about;
    for (int i = 0; i < 6; i++) {
        request_t *other = company_some_request (sim, REQUEST_OPEN);
        if (other && other != request && request->stage == REQUEST_OPEN
            && strcmp (other->customer_id, request->customer_id) == 0)
            return s_say_to_intake (sim, request, merge_service_requests (.absorbed_id = request->id,
                .survivor_id = other->id, .reason = "the same thing"));
    }
}

/* ---- what is heard */

static void
s_accepted (sim_t *sim, const service_request_accepted_t *accepted)
{
    request_t *request = company_request_add (sim, accepted);
    if (company_often (sim, 96))        /* the rest is forgotten */
        sim_at (sim, company_office (sim, request->country, sim_now (sim))
            + sim_between (sim, MINUTES (1), MINUTES (40)), s_acknowledge, request);
    if (company_often (sim, 4))
        company_later (sim, MINUTES (10), HOURS (50), s_cancel, request);
    if (company_often (sim, 5))
        company_later (sim, MINUTES (10), HOURS (3), s_merge, request);
}

static void
s_resolved (sim_t *sim, request_t *request)
{
    request->stage = REQUEST_SOLVED;
    if (company_often (sim, 55))
        company_later (sim, MINUTES (10), HOURS (30), s_confirm, request);
    if (company_often (sim, 7))
        company_later (sim, MINUTES (30), HOURS (60), s_reopen, request);
}

static void
s_reopened (sim_t *sim, request_t *request)
{
    request->stage = REQUEST_OPEN;
    request->is_waiting = false;
    company_later (sim, MINUTES (5), HOURS (3), request->tier == SUPPORT_TIER_ONSITE ? s_send_somebody : s_try_phone,
        request);
}

static void
s_order_is_gone (sim_t *sim, const char *request_id)
{
    request_t *request = company_request (request_id);
    if (!request || !request->has_order)
        return;
    request->has_order = false;
    if (request->stage == REQUEST_OPEN && company_often (sim, 80))
        company_later (sim, HOURS (1), HOURS (6), s_send_somebody, request);
}

void
company_desk_heard (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body)
{
    if (COMPANY_IS (body, service_request_accepted))
        return s_accepted (sim, (const service_request_accepted_t *) body);
    if (COMPANY_IS (body, work_order_cancelled))
        return s_order_is_gone (sim, ((const work_order_cancelled_t *) body)->request_id);
    request_t *request = company_request (event->subject);
    if (!request)
        return;
    if (COMPANY_IS (body, support_tier_changed))
        request->tier = ((const support_tier_changed_t *) body)->tier;
    else if (COMPANY_IS (body, work_order_requested))
        request->has_order = true;
    else if (COMPANY_IS (body, service_request_resolved))
        s_resolved (sim, request);
    else if (COMPANY_IS (body, service_request_reopened))
        s_reopened (sim, request);
    else if (COMPANY_IS (body, service_request_closed) || COMPANY_IS (body, service_request_cancelled)
        || COMPANY_IS (body, service_request_merged))
        request->stage = REQUEST_OVER;
}
