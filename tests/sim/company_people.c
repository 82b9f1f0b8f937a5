/* company_people - engineers with their skills, shifts and vans; managers and who is called when; subcontractors; how
 * all of them are chosen. */
#include "company_masters.h"
#include "calendar/date.h"

/* ---- how people are chosen: one policy for each way of the world */

static dispatch_policy_details_t
s_policy (void)
{
    return (dispatch_policy_details_t) { .base = dispatch_policy_details_init, .travel_per_minute_minor = 50,
        .travel_per_km_minor = 30, .late_per_minute_minor = 100, .wait_per_hour_minor = 600,
        .load_per_booked_hour_minor = 100, .overskill_per_level_minor = 300, .offer_timeout_ms = MINUTES (15),
        .max_offers = 5, .position_fresh_ms = MINUTES (10), .speed_kmh = 50, .detour_percent = 130,
        .geofence_m = 300, .accuracy_limit_m = 100, .preferred_missed_minor = 1000, .overtime_max_minutes = 60,
        .overtime_per_hour_minor = 2000, .same_site_bonus_minor = 300, .replan_automatic = true,
        .replan_max_moved = 6, .replan_frozen_minutes = 45, .moved_visit_minor = 1500, .moved_per_hour_minor = 500,
        .replan_effort_ms = 5 };
}

void
company_policies (sim_t *sim)
{
    dispatch_policy_details_t usual = s_policy (), urgent = s_policy (), outside = s_policy ();
    urgent.offer_timeout_ms = MINUTES (5);
    urgent.overtime_max_minutes = 240;
    urgent.broadcast_count = 3;
    outside.provider_use = PROVIDER_USE_AFTER;
    outside.provider_timeout_ms = HOURS (2);
    static const struct { char *policy_id, *territory_id; request_type_t type; int level; } lines [] = {
        { "urgent", "", 0, 1 }, { "outside", "ho-chi-minh", 0, 0 }, { "outside", "", REQUEST_TYPE_INSTALLATION, 0 },
        { "usual", "", 0, 0 } };
    policy_rule_t rules [4], *list [4];
    for (int i = 0; i < 4; i++) {
        rules [i] = (policy_rule_t) { .base = policy_rule_init, .policy_id = lines [i].policy_id,
            .territory_id = lines [i].territory_id, .type = lines [i].type, .fault_level = lines [i].level,
            .device_type = "" };
        list [i] = &rules [i];
    }
    company_master (sim, 6, publish_dispatch_policy (.policy_id = "urgent", .details = &urgent));
    company_master (sim, 6, publish_dispatch_policy (.policy_id = "outside", .details = &outside));
    company_master (sim, 7, publish_dispatch_policy (.policy_id = "usual", .details = &usual));
    company_master (sim, 8, set_policy_rules (.n_rules = 4, .rules = list));
}

/* ---- engineers */

static void
s_engineer (sim_t *sim, int country, int n)
{
    const country_t *self = &company_countries [country];
    char *id = company_name (sim, country, 'e', n), *van = company_text (sim, "van-%s", id);
    skill_level_t skills [3], *held [3];
    for (int i = 0; i < 3; i++) {
        skills [i] = (skill_level_t) { .base = skill_level_init, .level = 1 + (n + i) % 4,
            .skill = (char *) company_skills [(n + i) % 4], .is_certificate = i == 0 && n % 3 == 0,
            .valid_until_at = i == 0 && n % 3 == 0 ? sim_begins_at (sim) + DAYS (20 + n) : 0 };
        held [i] = &skills [i];
    }
    char *excluded [] = { company_name (sim, country, 'c', n) };
    engineer_details_t details = { .base = engineer_details_init, .name = company_text (sim, "Engineer %s", id),
        .territory_id = (char *) (n == ENGINEERS ? self->parent : self->territory), .n_skills = 3, .skills = held,
        .home = company_point (sim, country, n * 3), .phone = company_text (sim, "+44 7700 91%d%03d", country, n),
        .email = company_text (sim, "%s@example.com", id), .language = self->language, .van_location_id = van,
        .currency = (char *) self->currency, .cost_per_hour_minor = 3000 * self->minor_per_euro_cent_x100 / 100,
        .cost_per_km_minor = 50 * self->minor_per_euro_cent_x100 / 100, .provider_id = "", .time_zone = "",
        .efficiency_percent = n % 4 == 0 ? 125 : 0, .n_excluded_customer_ids = n == 5,
        .excluded_customer_ids = excluded };
    location_details_t place = { .base = location_details_init, .name = van, .kind = LOCATION_KIND_VAN,
        .territory_id = (char *) self->territory, .engineer_id = id };
    static char *const shifts [] = { "day", "day", "late", "day", "night", "day" };
    company_master (sim, 5, register_engineer (.engineer_id = id, .details = &details));
    company_master (sim, 5, register_location (.location_id = van, .details = &place));
    company_master (sim, 6, assign_shift (.engineer_id = id,
        .calendar_id = company_text (sim, "%s-%s", shifts [(n - 1) % 6], self->code)));
    company_master (sim, 6, set_duty (.engineer_id = id, .on_duty = true));
}

/* ---- managers, and who is called */

static void
s_person (sim_t *sim, int country, const char *role)
{
    const country_t *self = &company_countries [country];
    channel_t channels [] = { CHANNEL_SMS, CHANNEL_EMAIL };
    char *id = company_text (sim, "%s-%s", self->code, role);
    person_details_t details = { .base = person_details_init, .name = id,
        .phone = company_text (sim, "+44 7700 92%d%03d", country, role [0]),
        .email = company_text (sim, "%s@example.com", id), .language = self->language, .n_channels = 2,
        .channels = channels, .territory_id = (char *) self->territory, .time_zone = "" };
    company_master (sim, 4, register_person (.person_id = id, .details = &details));
}

static void
s_roster (sim_t *sim, int country, const char *role, char *const people [2])
{
    const country_t *self = &company_countries [country];
    char first [DATE_TEXT_SIZE], second [DATE_TEXT_SIZE], third [DATE_TEXT_SIZE];
    int32_t today = (int32_t) (sim_begins_at (sim) / DATE_DAY_MS), monday = today - date_weekday (today) + 1 - 14;
    date_format (monday, first);
    date_format (monday + 7, second);
    date_format (monday + 14, third);
    on_call_duty_t duties [2], *list [2];
    for (int i = 0; i < 2; i++) {
        duties [i] = (on_call_duty_t) { .base = on_call_duty_init, .person_id = people [i], .rank = i,
            .first_on = i ? second : first, .starts = "08:00", .ends_on = i ? third : second, .ends = "08:00",
            .every_weeks = 2, .until_on = "" };
        list [i] = &duties [i];
    }
    on_call_roster_details_t details = { .base = on_call_roster_details_init, .name = (char *) role,
        .territory_id = (char *) self->territory, .role = (char *) role, .n_duties = 2, .duties = list,
        .fallback_person_id = company_text (sim, "%s-manager", self->code) };
    company_master (sim, 7, publish_on_call_roster (.roster_id = company_text (sim, "%s-%s", role, self->code),
        .details = &details));
}

static void
s_called (sim_t *sim, int country)
{
    const country_t *self = &company_countries [country];
    char *engineers [] = { company_name (sim, country, 'e', 1), company_name (sim, country, 'e', 2) };
    char *managers [] = { company_text (sim, "%s-manager", self->code), company_text (sim, "%s-desk", self->code) };
    s_person (sim, country, "manager");
    s_person (sim, country, "desk");
    s_roster (sim, country, "on_call", engineers);
    s_roster (sim, country, "territory_manager", managers);
    char *members [] = { managers [0], managers [1], engineers [0] };
    emergency_plan_details_t plan = { .base = emergency_plan_details_init, .name = "leading group",
        .territory_id = (char *) self->territory, .n_member_ids = 3, .member_ids = members, .role = "",
        .acknowledge_within_minutes = 10, .acknowledgements = 2, .declares_itself = country == 0,
        .document = "https://plans.example.com/1" };
    company_master (sim, 7, publish_emergency_plan (.plan_id = company_text (sim, "emergency-%s", self->code),
        .details = &plan));
}

/* ---- subcontractors, tools */

static void
s_provider (sim_t *sim, int country)
{
    const country_t *self = &company_countries [country];
    char *territories [] = { (char *) self->territory };
    skill_level_t skills [4], *held [4];
    for (int i = 0; i < 4; i++) {
        skills [i] = (skill_level_t) { .base = skill_level_init, .skill = (char *) company_skills [i], .level = 3 };
        held [i] = &skills [i];
    }
    provider_details_t details = { .base = provider_details_init, .name = "Outside", .n_territory_ids = 1,
        .territory_ids = territories, .n_skills = 4, .skills = held, .daily_capacity = 2, .score = 70,
        .price_per_visit_minor = 9000, .currency = (char *) self->currency, .language = self->language,
        .email = company_text (sim, "outside.%s@example.com", self->code), .phone = "", .time_zone = "" };
    company_master (sim, 5, register_provider (.provider_id = company_text (sim, "%s-outside", self->code),
        .details = &details));
}

static void
s_tools (sim_t *sim, int country)
{
    const country_t *self = &company_countries [country];
    for (int n = 1; n <= TOOLS; n++) {
        tool_details_t details = { .base = tool_details_init, .name = "analyser", .kind = "gas-analyser",
            .territory_id = (char *) self->territory, .location_id = company_text (sim, "wh-%s", self->code),
            .calibrated_until_at = sim_begins_at (sim) + DAYS (n == 1 ? 400 : 9) };
        company_master (sim, 6, register_tool (.tool_id = company_name (sim, country, 't', n), .details = &details));
    }
}

void
company_people (sim_t *sim, int country)
{
    for (int n = 1; n <= ENGINEERS; n++)
        s_engineer (sim, country, n);
    s_called (sim, country);
    s_provider (sim, country);
    s_tools (sim, country);
}
