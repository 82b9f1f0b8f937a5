/* company_terms - parts and where they lie, prices, contracts, maintenance plans, how people want to be told. */
#include "company_masters.h"
#include "calendar/date.h"

/* ---- stock */

static void
s_items (sim_t *sim)
{
    for (int i = 0; i < ITEMS; i++) {
        char *substitutes [] = { "belt" };
        item_details_t details = { .base = item_details_init, .name = (char *) company_items [i], .unit = "piece",
            .price_group = "", .cost_minor = 700 + 450 * i, .currency = "EUR", .min_quantity = 2,
            .n_substitutes = i == 2, .substitutes = substitutes };
        company_master (sim, 2, register_item (.item_id = (char *) company_items [i], .details = &details));
    }
}

static void
s_warehouse (sim_t *sim, int country)
{
    const country_t *self = &company_countries [country];
    char *id = company_text (sim, "wh-%s", self->code);
    location_details_t details = { .base = location_details_init, .name = id, .kind = LOCATION_KIND_WAREHOUSE,
        .territory_id = (char *) self->territory, .point = company_point (sim, country, 0), .engineer_id = "" };
    part_quantity_t parts [ITEMS], *list [ITEMS];
    for (int i = 0; i < ITEMS; i++) {
        parts [i] = (part_quantity_t) { .base = part_quantity_init, .item_id = (char *) company_items [i],
            .quantity = 4 + i % 4, .serial = "" };
        list [i] = &parts [i];
    }
    company_master (sim, 4, register_location (.location_id = id, .details = &details));
    company_master (sim, 6, receive_stock (.document_id = company_text (sim, "opening-%s", self->code),
        .location_id = id, .n_parts = ITEMS, .parts = list, .unit_cost_minor = 900, .currency = "EUR"));
}

/* ---- prices */

typedef struct { price_spec_t specs [32], *list [32]; size_t count; } prices_t;

static void
s_price (prices_t *self, cost_kind_t kind, labour_band_t band, const char *item_id, int64_t price_minor)
{
    price_spec_t *spec = &self->specs [self->count];
    *spec = (price_spec_t) { .base = price_spec_init, .kind = kind, .band = band, .item_id = (char *) item_id,
        .price_minor = price_minor };
    self->list [self->count++] = spec;
}

void
company_prices (sim_t *sim, int country, bool is_whole)
{
    static const int percent [] = { 0, 100, 150, 175, 200 };
    const country_t *self = &company_countries [country];
    prices_t prices = { .count = 0 };
    int64_t cent_x100 = self->minor_per_euro_cent_x100;
    for (int band = LABOUR_BAND_NORMAL; band <= LABOUR_BAND_HOLIDAY; band++) {
        s_price (&prices, COST_KIND_CALL_OUT, band, "", 6000 * cent_x100 / 100 * percent [band] / 100);
        s_price (&prices, COST_KIND_LABOUR, band, "", 6770 * cent_x100 / 100 * percent [band] / 100);
    }
    s_price (&prices, COST_KIND_TRAVEL_KM, 0, "", 73 * cent_x100 / 100);
    s_price (&prices, COST_KIND_TRAVEL_TIME, 0, "", 4513 * cent_x100 / 100);
    for (int i = !is_whole; i < ITEMS; i++)     /* all are bought in EUR: elsewhere only a price can be charged */
        s_price (&prices, COST_KIND_PART, 0, company_items [i], (1333 + 501 * i) * cent_x100 / 100);
    price_list_details_t details = { .base = price_list_details_init, .territory_id = (char *) self->territory,
        .currency = (char *) self->currency, .n_prices = prices.count, .prices = prices.list,
        .labour_round_minutes = 15, .labour_minimum_minutes = 30, .part_markup_percent = 35,
        .invoice_series = (char *) self->invoice_series };
    const ProtobufCMessage *command = publish_price_list (.details = &details,
        .price_list_id = company_text (sim, "prices-%s", self->code));
    if (sim_now (sim) > sim_begins_at (sim))
        company_send (sim, "operator:manager", 0, command, NULL, NULL);
    else
        company_master (sim, 3, command);
}

/* ---- contracts */

static sla_terms_t *
s_sla_terms (sim_t *sim)
{
    sla_terms_t *terms = arena_alloc (sim_arena (sim), sizeof *terms);
    sla_penalty_step_t *step = arena_alloc (sim_arena (sim), sizeof *step);
    *step = (sla_penalty_step_t) { .base = sla_penalty_step_init, .below_by_basis_points = 100,
        .share_basis_points = 777 };
    *terms = (sla_terms_t) { .base = sla_terms_init, .target_basis_points = 9500, .n_penalties = 1,
        .bonus_from_basis_points = 9990, .bonus_basis_points = 133, .minimum_count = 2 };
    terms->penalties = arena_array (sim_arena (sim), 1, sizeof *terms->penalties);
    terms->penalties [0] = step;
    return terms;
}

static contract_line_spec_t **
s_lines (sim_t *sim, bool covers_parts)
{
    contract_line_spec_t **lines = arena_array (sim_arena (sim), 2, sizeof *lines);
    for (int i = 0; i < 2; i++) {
        lines [i] = arena_alloc (sim_arena (sim), sizeof **lines);
        *lines [i] = (contract_line_spec_t) { .base = contract_line_spec_init, .line_id = i ? "lifts" : "all",
            .asset_id = "", .site_id = "", .device_type = i ? "lift" : "", .covers_labour = true,
            .covers_travel = i || covers_parts, .covers_parts = i && covers_parts, .covers_call_out = true };
    }
    return lines;
}

contract_details_t *
company_contract_details (sim_t *sim, int country, int n)
{
    const country_t *self = &company_countries [country];
    int32_t today = (int32_t) (sim_begins_at (sim) / DATE_DAY_MS);
    char start [DATE_TEXT_SIZE], end [DATE_TEXT_SIZE];
    contract_details_t *details = arena_alloc (sim_arena (sim), sizeof *details);
    *details = (contract_details_t) { .base = contract_details_init,
        .customer_id = company_name (sim, country, 'c', n), .name = company_text (sim, "Contract %d", n),
        .tier = n == 1 ? "gold" : "silver", .sla_plan_id = "",
        .start_on = company_text (sim, "%s", date_format (today - 40 * n, start)),
        .end_on = company_text (sim, "%s", date_format (today + (n == 3 ? 35 : 330), end)),
        .currency = (char *) self->currency, .value_minor = 100003 * n * self->minor_per_euro_cent_x100 / 100,
        .billing_mode = n % 2 ? BILLING_MODE_ADVANCE : BILLING_MODE_ARREARS, .instalment_count = 11,
        .n_lines = 2, .lines = s_lines (sim, n == 1), .precedence = n, .time_zone = (char *) self->zone_name,
        .sla_terms = n < 3 ? s_sla_terms (sim) : NULL, .cancelled_on = "" };
    return details;
}

/* ---- maintenance */

static void
s_plan (sim_t *sim, int country, int n)
{
    static const recurrence_kind_t kinds [] = { RECURRENCE_KIND_WEEKLY, RECURRENCE_KIND_MONTHLY,
                                                RECURRENCE_KIND_WEEKLY, RECURRENCE_KIND_QUARTERLY };
    char first [DATE_TEXT_SIZE];
    int32_t today = (int32_t) (sim_begins_at (sim) / DATE_DAY_MS);
    skill_level_t skill = { .base = skill_level_init, .skill = (char *) company_skills [n % 4], .level = 1 };
    skill_level_t *skills [] = { &skill };
    part_quantity_t part = { .base = part_quantity_init, .item_id = "filter", .quantity = 1, .serial = "" };
    part_quantity_t *parts [] = { &part };
    maintenance_plan_details_t details = { .base = maintenance_plan_details_init,
        .name = company_text (sim, "Plan %d", n), .asset_id = company_name (sim, country, 'a', 4 + n), .site_id = "",
        .recurrence = kinds [n % 4], .every = 1 + n % 2, .time_of_day = n == 2 ? "02:30" : "09:00",
        .first_on = company_text (sim, "%s", date_format (today + n, first)), .floating = n == 3,
        .lead_ms = DAYS (2), .tolerance_ms = DAYS (2), .n_skills = 1, .skills = skills, .n_parts = n % 2,
        .parts = parts, .missed_policy = (missed_policy_t) (1 + n % 3), .work_minutes = 60 + 15 * n,
        .description = "maintenance", .until_on = "" };
    company_master (sim, 8, publish_maintenance_plan (.plan_id = company_name (sim, country, 'm', n),
        .details = &details));
}

/* ---- how people want to be told */

static void
s_preference (sim_t *sim, int country)
{
    const country_t *self = &company_countries [country];
    channel_t channels [] = { CHANNEL_SMS, CHANNEL_EMAIL };
    for (int n = 1; n <= ENGINEERS; n++)
        company_master (sim, 7, set_preference (.recipient_id = company_name (sim, country, 'e', n), .n_channels = 2,
            .channels = channels, .quiet_from = n % 2 ? "22:00" : "", .quiet_to = n % 2 ? "07:00" : "",
            .time_zone = (char *) self->zone_name, .email = ""));
}

void
company_terms (sim_t *sim, int country)
{
    if (country == 0)
        s_items (sim);
    s_warehouse (sim, country);
    company_prices (sim, country, country != 1);
    for (int n = 1; n <= 3; n++)
        company_master (sim, 5, register_contract (.details = company_contract_details (sim, country, n),
            .contract_id = company_name (sim, country, 'k', n)));
    for (int n = 1; n <= 4; n++)
        s_plan (sim, country, n);
    s_preference (sim, country);
}
