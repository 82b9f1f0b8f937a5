/* company_manager - those who are called and those who decide: escalations are acknowledged, somebody is chosen when
 * nobody could be, emergencies are declared and ended, days are planned again, contracts and prices change. */
#include "company.h"
#include "company_masters.h"
#include "calendar/date.h"
#include <string.h>

/* ---- called */

typedef struct { char *id, *person_id; } call_t;

static void
s_acknowledge (sim_t *sim, void *about)
{
    call_t *call = about;
    company_send (sim, company_text (sim, "person:%s", call->person_id), 0, acknowledge_escalation (
        .escalation_id = call->id, .person_id = call->person_id), NULL, NULL);
}

static void
s_called (sim_t *sim, const sla_escalated_t *escalated)
{
    if (is_empty (escalated->person_id) || !company_often (sim, 60))
        return;
    call_t *call = arena_alloc (sim_arena (sim), sizeof *call);
    *call = (call_t) { arena_strdup (sim_arena (sim), escalated->escalation_id),
        arena_strdup (sim_arena (sim), escalated->person_id) };
    company_later (sim, MINUTES (1), MINUTES (25), s_acknowledge, call);
}

/* ---- nobody could be found */

static void
s_choose (sim_t *sim, void *about)
{
    order_t *order = about;
    if (order->is_over)
        return;
    if (order->choices++ == 3 || company_often (sim, 8))
        return company_send (sim, "operator:manager", 0, cancel_work_order (.work_order_id = order->id,
            .reason = "nobody can go"), NULL, NULL);
    company_send (sim, "operator:manager", 0, choose_engineer (.work_order_id = order->id,
        .engineer_id = company_often (sim, 10) ? company_text (sim, "%s-outside",
            company_countries [order->country].code)
            : company_name (sim, order->country, 'e', 1 + company_pick (sim, ENGINEERS)),
        .starts_at = company_often (sim, 30) ? sim_now (sim) + HOURS (1 + company_pick (sim, 20)) : 0,
        .override_reason = company_often (sim, 80) ? "he knows the place" : ""), NULL, NULL);
    if (company_often (sim, 60))
        company_later (sim, HOURS (2), HOURS (9), s_choose, order);
}

static void
s_failed (sim_t *sim, const dispatch_failed_t *failed)
{
    order_t *order = company_order (failed->work_order_id);
    if (order && failed->needs_person)
        company_later (sim, MINUTES (5), HOURS (5), s_choose, order);
}

/* ---- visits: taken away, fixed */

typedef struct { char *visit_id; int what; } wish_t;

static void
s_wish (sim_t *sim, void *about)
{
    wish_t *wish = about;
    if (wish->what == 0)
        company_send (sim, "operator:manager", 0, reassign_visit (.visit_id = wish->visit_id, .reason = "not he"),
            NULL, NULL);
    else if (wish->what == 1)
        company_send (sim, "operator:manager", 0, lock_visit (.visit_id = wish->visit_id,
            .lock = (visit_lock_t) (1 + company_pick (sim, 3)), .reason = "promised"), NULL, NULL);
    else
        company_send (sim, "operator:manager", 0, unlock_visit (.visit_id = wish->visit_id, .reason = "settled"),
            NULL, NULL);
}

static void
s_accepted (sim_t *sim, const visit_accepted_t *accepted)
{
    if (!company_often (sim, 5))
        return;
    wish_t *wish = arena_alloc (sim_arena (sim), sizeof *wish), *second = arena_alloc (sim_arena (sim), sizeof *wish);
    *wish = (wish_t) { arena_strdup (sim_arena (sim), accepted->visit_id), company_pick (sim, 2) };
    *second = (wish_t) { wish->visit_id, 2 };
    company_later (sim, MINUTES (1), HOURS (3), s_wish, wish);
    if (wish->what == 1)
        company_later (sim, HOURS (3), HOURS (9), s_wish, second);
}

/* ---- appointments: the customer is asked when */

static char *
s_new_id (sim_t *sim, const char *what)
{
    return company_text (sim, "%s-%llx", what, (unsigned long long) (sim_random (sim) >> 20));
}

static void
s_confirm_slot (sim_t *sim, void *about)
{
    company_send (sim, "agent-slots", 0, confirm_appointment (.slot_id = about), NULL, NULL);
}

static void
s_release_slot (sim_t *sim, void *about)
{
    company_send (sim, "agent-slots", 0, release_slot (.slot_id = about, .reason = "does not suit"), NULL, NULL);
}

static void
s_slots_are_there (sim_t *sim, const sim_verdict_t *verdict, void *about)
{
    const recommended_slots_t *slots = (const recommended_slots_t *) verdict->answer;
    if (!slots || !slots->n_slots)
        return;
    const offered_slot_t *slot = slots->slots [company_pick (sim, (int) slots->n_slots)];
    char *slot_id = s_new_id (sim, "slot");
    company_send (sim, "agent-slots", 0, hold_slot (.slot_id = slot_id, .work_order_id = about,
        .engineer_id = slot->engineer_id, .starts_at = slot->starts_at, .work_starts_at = slot->work_starts_at,
        .ends_at = slot->ends_at, .window_from_at = slot->window_from_at, .window_to_at = slot->window_to_at), NULL,
        NULL);
    if (company_often (sim, 75))        /* the rest lets it expire */
        company_later (sim, MINUTES (1), MINUTES (17), company_often (sim, 80) ? s_confirm_slot : s_release_slot,
            slot_id);
}

static void
s_ask_for_slots (sim_t *sim, void *about)
{
    order_t *order = about;
    if (!order->is_over)
        sim_ask (sim, recommend_slots (.work_order_id = order->id, .count = 2), s_slots_are_there, order->id);
}

/* ---- emergencies */

static void
s_end_emergency (sim_t *sim, void *about)
{
    company_send (sim, "operator:manager", 0, end_emergency (.emergency_id = about, .reason = "under control"), NULL,
        NULL);
}

static void
s_emergency (sim_t *sim, void *about)
{
    char *id = s_new_id (sim, "emergency");
    request_t *request = company_some_request (sim, REQUEST_OPEN);
    (void) about;
    company_send (sim, "operator:manager", 0, declare_emergency (.emergency_id = id,
        .request_id = request ? request->id : "", .site_id = request ? "" : "bj-s01", .text = "water in the hall"),
        NULL, NULL);
    if (company_often (sim, 80))
        company_later (sim, MINUTES (10), HOURS (9), s_end_emergency, id);
}

/* ---- days are planned again */

static void
s_apply (sim_t *sim, void *about)
{
    company_send (sim, "operator:manager", 0, apply_replan (.replan_id = about), NULL, NULL);
}

static void
s_replan (sim_t *sim, void *about)
{
    int country = company_pick (sim, COUNTRIES);
    char day_on [DATE_TEXT_SIZE], *id = s_new_id (sim, "replan");
    int32_t today = zone_date (company_countries [country].zone, sim_now (sim), NULL);
    bool dry_run = company_often (sim, 60);
    (void) about;
    company_send (sim, "operator:manager", 0, replan_day (.replan_id = id, .dry_run = dry_run, .effort_ms = 5,
        .territory_id = (char *) company_countries [country].territory,
        .day_on = date_format (today + company_pick (sim, 2), day_on)), NULL, NULL);
    if (dry_run && company_often (sim, 70))
        company_later (sim, 1000, MINUTES (9), s_apply, id);
}

/* ---- masters change while everything runs */

static void
s_change_calendar (sim_t *sim, int country)
{
    calendar_details_t *details = company_office_details (sim, country);
    calendar_exception_t *exception = details->exceptions [company_pick (sim, (int) details->n_exceptions)];
    int32_t date = zone_date (company_countries [country].zone, sim_now (sim), NULL) + company_pick (sim, 8);
    char text [DATE_TEXT_SIZE];
    for (size_t i = 0; i < details->n_exceptions; i++)
        if (strcmp (details->exceptions [i]->date_on, date_format (date, text)) == 0)
            return;
    exception->date_on = company_text (sim, "%s", date_format (date, text));
    company_send (sim, "operator:manager", 0, publish_calendar (.details = details,
        .calendar_id = (char *) company_countries [country].calendar), NULL, NULL);
}

static void
s_change_customer (sim_t *sim, int country, int n)
{
    const country_t *self = &company_countries [country];
    if (company_often (sim, 15))
        return company_send (sim, "operator:manager", 0, merge_customers (.reason = "bought",
            .customer_id = company_name (sim, country, 'c', CUSTOMERS),
            .survivor_id = company_name (sim, country, 'c', n)), NULL, NULL);
    customer_details_t details = { .base = customer_details_init, .name = company_text (sim, "Customer %d", n),
        .tax_id = company_text (sim, "%s%06d", self->country, n), .language = self->language,
        .payment_days = 30 + company_pick (sim, 4) * 15, .grade = company_often (sim, 50) ? "A" : "C",
        .currency = (char *) self->currency, .phone = company_text (sim, "+44 1632 960%d%02d", country, n),
        .email = company_text (sim, "c%d.%s@example.com", n, self->code), .access_calendar_id = "" };
    company_send (sim, "operator:manager", 0, register_customer (.details = &details,
        .customer_id = company_name (sim, country, 'c', n)), NULL, NULL);
}

static void
s_wish_for_people (sim_t *sim, int country, int n)
{
    engineer_preference_t wish = { .base = engineer_preference_init, .reason = "knows the place",
        .engineer_id = company_name (sim, country, 'e', n), .kind = (preference_kind_t) (1 + company_pick (sim, 4)) };
    engineer_preference_t *wishes [] = { &wish };
    company_send (sim, "operator:manager", 0, set_engineer_preferences (.level = PREFERENCE_LEVEL_SITE,
        .subject_id = company_name (sim, country, 's', n), .n_preferences = company_often (sim, 80),
        .preferences = wishes), NULL, NULL);
}

static void
s_change_vehicle (sim_t *sim, int country, int n)
{
    char day_on [DATE_TEXT_SIZE], *id = company_name (sim, country, 'v', n);
    vehicle_details_t details = { .base = vehicle_details_init, .name = id, .plate = id, .cost_per_km_minor = 41,
        .currency = (char *) company_countries [country].currency,
        .van_location_id = company_text (sim, "van-%s", company_name (sim, country, 'e', n)) };
    int32_t today = zone_date (company_countries [country].zone, sim_now (sim), NULL);
    company_send (sim, "operator:manager", 0, register_vehicle (.vehicle_id = id, .details = &details), NULL, NULL);
    company_send (sim, "operator:manager", 0, assign_vehicle (.vehicle_id = id, .until_on = "",
        .assignment_id = company_text (sim, "%s-%d", id, (int) today), .from_on = date_format (today + 1, day_on),
        .engineer_id = company_name (sim, country, 'e', 1 + company_pick (sim, ENGINEERS))), NULL, NULL);
    company_send (sim, "operator:manager", 0, record_mileage (.vehicle_id = id, .read_at = sim_now (sim),
        .odometer_km = (sim_now (sim) - sim_begins_at (sim)) / HOURS (1) * 13), NULL, NULL);
}

static void
s_change_something_else (sim_t *sim, int country, int n)
{
    switch (company_pick (sim, 5)) {
    case 0:
        return s_change_customer (sim, country, n);
    case 1:
        return s_wish_for_people (sim, country, n);
    case 2:
        return s_change_vehicle (sim, country, n);
    case 3:
        return company_send (sim, "operator:manager", 0, publish_capacity_quota (.percent = 10 * company_pick (sim, 3),
            .territory_id = (char *) company_countries [country].territory, .type = REQUEST_TYPE_INSTALLATION), NULL,
            NULL);
    default:
        return company_send (sim, "operator:manager", 0, suspend_maintenance_plan (.reason = "sold",
            .plan_id = company_name (sim, country, 'm', n)), NULL, NULL);
    }
}

static void
s_change_something (sim_t *sim, void *about)
{
    int country = company_pick (sim, COUNTRIES), n = 1 + company_pick (sim, 3);
    (void) about;
    if (company_often (sim, 45))
        return s_change_something_else (sim, country, n);
    switch (company_pick (sim, 7)) {
    case 0:
        return s_change_calendar (sim, country);
    case 1: {
        contract_details_t *contract = company_contract_details (sim, country, n);
        contract->name = company_text (sim, "Contract %d, amended", company_pick (sim, 100));
        return company_send (sim, "operator:manager", 0, register_contract (.details = contract,
            .contract_id = company_name (sim, country, 'k', n)), NULL, NULL);
    }
    case 2: {
        asset_details_t *asset = company_asset_details (sim, country, 20 + n);
        asset->retired = company_often (sim, 50);
        return company_send (sim, "operator:manager", 0, register_asset (.details = asset,
            .asset_id = company_name (sim, country, 'a', 20 + n)), NULL, NULL);
    }
    case 3: {
        site_details_t *site = company_site_details (sim, country, n);
        site->address = company_text (sim, "%d, Market street", company_pick (sim, 200));
        return company_send (sim, "operator:manager", 0, register_site (.details = site,
            .site_id = company_name (sim, country, 's', n)), NULL, NULL);
    }
    case 4:
        return company_send (sim, "operator:manager", 0, recompute_sla (.plan_id = "standard",
            .reason = "to be sure"), NULL, NULL);
    case 5:
        return company_send (sim, company_text (sim, "engineer:%s", company_name (sim, country, 'e', n)), 0,
            issue_tool (.tool_id = company_name (sim, country, 't', 1 + n % 2), .note = "",
                .engineer_id = company_name (sim, country, 'e', n)), NULL, NULL);
    default:
        return company_send (sim, "operator:store", 0, return_tool (
            .tool_id = company_name (sim, country, 't', 1 + n % 2), .note = ""), NULL, NULL);
    }
}

/* ---- money */

static void
s_goodwill (sim_t *sim, void *about)
{
    company_send (sim, "operator:manager", 0, grant_goodwill (.cost_line_id = about, .reason = "so that he stays"),
        NULL, NULL);
}

static void
s_put_in_the_price (sim_t *sim, void *about)
{
    (void) about;
    company_prices (sim, 1, true);
}

/* ---- messages that nobody would take */

static void
s_retry_message (sim_t *sim, void *about)
{
    company_send (sim, "operator:desk", 0, retry_message (.message_id = about), NULL, NULL);
}

void
company_manager_day (sim_t *sim, int64_t day_at)
{
    static const struct { sim_deed_fn *deed; int percent; } habits [] = {
        { s_emergency, 25 }, { s_replan, 60 }, { s_change_something, 60 }, { s_change_something, 30 } };
    for (size_t i = 0; i < sizeof habits / sizeof *habits; i++)
        if (company_often (sim, habits [i].percent))
            sim_at (sim, day_at + sim_between (sim, 0, DAYS (1) - 1), habits [i].deed, NULL);
}

static char *
s_subject (sim_t *sim, const bus_event_t *event)
{
    return arena_strdup (sim_arena (sim), event->subject);
}

void
company_manager_heard (sim_t *sim, const bus_event_t *event, const ProtobufCMessage *body)
{
    if (COMPANY_IS (body, sla_escalated))
        s_called (sim, (const sla_escalated_t *) body);
    else if (COMPANY_IS (body, dispatch_failed))
        s_failed (sim, (const dispatch_failed_t *) body);
    else if (COMPANY_IS (body, visit_accepted))
        s_accepted (sim, (const visit_accepted_t *) body);
    else if (COMPANY_IS (body, work_order_created) && company_often (sim, 7))
        company_later (sim, MINUTES (1), HOURS (1), s_ask_for_slots, company_order (event->subject));
    else if (COMPANY_IS (body, cost_line_posted) && company_often (sim, 2))
        company_later (sim, HOURS (1), DAYS (3), s_goodwill, s_subject (sim, event));
    else if (COMPANY_IS (body, posting_blocked))
        company_later (sim, HOURS (1), DAYS (2), s_put_in_the_price, NULL);
    else if (COMPANY_IS (body, message_failed) && company_often (sim, 30))
        company_later (sim, HOURS (1), HOURS (9), s_retry_message, s_subject (sim, event));
}
