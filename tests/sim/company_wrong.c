/* company_wrong - what is wrong on purpose: ids of nothing, orders that make no sense, devices that tell what is long
 * past or of somebody else, the same under another id, bytes of a newer sender. All of it must be refused, or change
 * nothing; what it must not do the invariants know. */
#include "company.h"

enum { A_DAY = 12 };

void
company_wrong_repeat (sim_t *sim, const char *actor, const ProtobufCMessage *command)
{
    company_send (sim, actor, 0, command, NULL, NULL);
}

/* Who accepts that can not be told apart from something that was right: it may be refused, nothing else. */
static void
s_must_be_refused (sim_t *sim, const sim_verdict_t *verdict, void *about)
{
    (void) about;
    if (verdict->status != STATUS_REJECTED)
        sim_fail (sim, "I14", "%s of nonsense was accepted, though it names what does not exist: %s %s",
            verdict->message->descriptor->short_name, verdict->code, verdict->text);
    else if (is_empty (verdict->code) || is_empty (verdict->text))
        sim_fail (sim, "I14", "%s was refused with the code \"%s\" and the sentence \"%s\": both must say something",
            verdict->message->descriptor->short_name, verdict->code, verdict->text);
}

static void
s_nonsense (sim_t *sim, const ProtobufCMessage *command)
{
    company_send (sim, "somebody", 0, command, s_must_be_refused, NULL);
}

static void
s_of_nothing (sim_t *sim)
{
    switch (company_pick (sim, 8)) {
    case 0: return s_nonsense (sim, accept_visit (.visit_id = "no-such", .engineer_id = "bj-e01"));
    case 1: return s_nonsense (sim, acknowledge_service_request (.request_id = "no-such", .agent = "x"));
    case 2: return s_nonsense (sim, submit_service_request (.channel = CHANNEL_WEB, .type = REQUEST_TYPE_REPAIR,
        .external_id = company_text (sim, "y-%llx", (unsigned long long) sim_random (sim)), .asset_id = "no-such"));
    case 3: return s_nonsense (sim, issue_parts (.document_id = "z-1", .work_order_id = "no-such",
        .to_location_id = "van-bj-e01"));
    case 4: return s_nonsense (sim, choose_engineer (.work_order_id = "no-such", .engineer_id = "mi-e01"));
    case 5: return s_nonsense (sim, cancel_absence (.absence_id = "no-such"));
    case 6: return s_nonsense (sim, grant_goodwill (.cost_line_id = "no-such", .reason = "x"));
    default: return s_nonsense (sim, acknowledge_escalation (.escalation_id = "no-such", .person_id = "x"));
    }
}

static void
s_impossible (sim_t *sim)
{
    part_quantity_t part = { .base = part_quantity_init, .item_id = "seal", .serial = "",
        .quantity = company_often (sim, 50) ? 1000000 : -5 };
    part_quantity_t *parts [] = { &part };
    switch (company_pick (sim, 6)) {
    case 0: return s_nonsense (sim, transfer_stock (.document_id = company_text (sim, "bad-%llx",
        (unsigned long long) sim_random (sim)), .from_location_id = "wh-bj", .to_location_id = "wh-mi", .n_parts = 1,
        .parts = parts, .reason = "x"));
    case 1: return s_nonsense (sim, record_absence (.absence_id = "bad", .engineer_id = "bj-e01",
        .from_at = sim_now (sim) + DAYS (2), .to_at = sim_now (sim) + DAYS (1)));
    case 2: return s_nonsense (sim, hold_slot (.slot_id = "bad", .engineer_id = "bj-e01", .starts_at = 5,
        .work_starts_at = 4, .ends_at = 3));
    case 3: return s_nonsense (sim, publish_sla_plan (.plan_id = "bad"));
    case 4: return s_nonsense (sim, create_work_order (.work_order_id = "bad id !", .site_id = "bj-s01"));
    default: return s_nonsense (sim, replan_day (.replan_id = "bad", .territory_id = "beijing",
        .day_on = "2026-02-30"));
    }
}

/* Somebody does what is not his, or what was long ago. It may be right by chance: only invariants judge it. */
static void
s_out_of_place (sim_t *sim)
{
    request_t *request = company_some_request (sim, (request_stage_t) company_pick (sim, 3));
    if (!request)
        return;
    switch (company_pick (sim, 5)) {
    case 0: return company_send (sim, "somebody", 0, reopen_service_request (.request_id = request->id,
        .reason = "I do not like the colour"), NULL, NULL);
    case 1: return company_send (sim, "somebody", 0, confirm_service_request (.request_id = request->id,
        .by = "a neighbour"), NULL, NULL);
    case 2: return company_send (sim, "somebody", 0, end_waiting (.request_id = request->id,
        .reason = WAIT_REASON_CUSTOMER), NULL, NULL);
    case 3: return company_send (sim, "somebody", sim_now (sim) - DAYS (3), acknowledge_service_request (
        .request_id = request->id, .agent = "late"), NULL, NULL);
    default: return company_send (sim, "somebody", 0, merge_service_requests (.absorbed_id = request->id,
        .survivor_id = request->id, .reason = "with itself"), NULL, NULL);
    }
}

static void
s_wrong (sim_t *sim, void *about)
{
    (void) about;
    switch (company_pick (sim, 3)) {
    case 0: return s_of_nothing (sim);
    case 1: return s_impossible (sim);
    default: return s_out_of_place (sim);
    }
}

void
company_wrong_day (sim_t *sim, int64_t day_at)
{
    for (int i = 0; i < A_DAY; i++)
        sim_at (sim, day_at + sim_between (sim, 0, DAYS (1) - 1), s_wrong, NULL);
}
