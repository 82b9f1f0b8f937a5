/* engineer - who may be sent: skills, duty, position. */
#include "dispatcher.h"
#include <string.h>

ENTITY_CACHED (engineer, ENGINEER_FIELDS, "territory_id");

enum { SKILLS_MAX = 100, SKILL_LEVEL_MAX = 10, EXCLUDED_CUSTOMERS_MAX = 200 };
#define COST_MAX_MINOR INT64_C (100000000)

static bool
s_valid_skills (tx_t *tx, const engineer_details_t *details)
{
    if (!valid_int (tx, "skills", (int64_t) details->n_skills, 0, SKILLS_MAX))
        return false;
    for (size_t i = 0; i < details->n_skills; i++) {
        const skill_level_t *skill = details->skills [i];
        if (!valid_id (tx, "skill", skill->skill)
            || !valid_int (tx, "level", skill->level, 1, SKILL_LEVEL_MAX)
            || !valid_instant (tx, "valid_until_at", skill->valid_until_at))
            return false;
    }
    return true;
}

static bool
s_valid_excluded (tx_t *tx, const engineer_details_t *details)
{
    if (!valid_int (tx, "excluded_customer_ids", (int64_t) details->n_excluded_customer_ids, 0, EXCLUDED_CUSTOMERS_MAX))
        return false;
    for (size_t i = 0; i < details->n_excluded_customer_ids; i++)
        if (!valid_id (tx, "excluded_customer_ids", details->excluded_customer_ids [i]))
            return false;
    return true;
}

static bool
s_valid_details (tx_t *tx, const engineer_details_t *details)
{
    return valid_text (tx, "name", details->name, 1, 200)
        && valid_id (tx, "territory_id", details->territory_id)
        && s_valid_skills (tx, details)
        && valid_point (tx, "home", details->home)
        && valid_text (tx, "phone", details->phone, 0, 40)
        && valid_email (tx, "email", details->email)
        && valid_optional_id (tx, "van_location_id", details->van_location_id)
        && (is_empty (details->currency) || valid_currency (tx, "currency", details->currency))
        && valid_int (tx, "cost_per_hour_minor", details->cost_per_hour_minor, 0, COST_MAX_MINOR)
        && valid_int (tx, "cost_per_km_minor", details->cost_per_km_minor, 0, COST_MAX_MINOR)
        && valid_optional_id (tx, "provider_id", details->provider_id)
        && s_valid_excluded (tx, details)
        && (!details->efficiency_percent || valid_int (tx, "efficiency_percent",
            details->efficiency_percent, EFFICIENCY_MIN_PERCENT, EFFICIENCY_MAX_PERCENT))
        && (!details->language || valid_enum (tx, "language", &language_descriptor, (int) details->language))
        && (is_empty (details->time_zone) || valid_zone (tx, "time_zone", details->time_zone));
}

static bool
s_is_same (blob_t left, blob_t right)
{
    return left.size == right.size && (left.size == 0
        || memcmp (left.data, right.data, left.size) == 0);
}

static void
s_publish (tx_t *tx, engineer_t *engineer, const engineer_details_t *details, blob_t packed)
{
    diary_t *diary = tx_need (tx, diary, engineer->id);
    engineer->details = packed;
    engineer->version++;
    engineer->territory_id = diary->territory_id = details->retired ? "" : details->territory_id;
    if (details->retired)
        tx_geo_remove (tx, engineer->id);
    tx_emit (tx, engineer_published (
        .engineer_id = engineer->id, .details = (engineer_details_t *) details,
        .version = engineer->version));
    dispatch_wake (tx, engineer->territory_id);
}

void
on_register_engineer (tx_t *tx, const register_engineer_t *command)
{
    const engineer_details_t *details = command->details;
    if (!details)
        return tx_reject (tx, "details.missing", "engineer %s has no details: send them",
            command->engineer_id);
    if (!valid_id (tx, "engineer_id", command->engineer_id) || !s_valid_details (tx, details))
        return;
    if (!tx_get (tx, territory, details->territory_id))
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first",
            details->territory_id);

    tx_accept (tx, command->engineer_id);
    blob_t packed = tx_pack (tx, &details->base);
    engineer_t *engineer = tx_get (tx, engineer, command->engineer_id);
    if (engineer && s_is_same (engineer->details, packed))
        return;
    if (!engineer)
        engineer = tx_put (tx, engineer, { .id = command->engineer_id, .on_duty = true });
    s_publish (tx, engineer, details, packed);
}

void
on_set_duty (tx_t *tx, const set_duty_t *command)
{
    engineer_t *engineer = tx_get (tx, engineer, command->engineer_id);
    if (!engineer)
        return tx_reject (tx, "engineer.unknown", "no engineer %s: register him first",
            command->engineer_id);
    diary_t *diary = tx_need (tx, diary, engineer->id);
    tx_accept (tx, engineer->id);
    if (engineer->on_duty == command->on_duty)
        return;
    engineer->on_duty = command->on_duty;
    tx_emit (tx, engineer_duty_changed (.engineer_id = engineer->id, .on_duty = engineer->on_duty));
    if (engineer->on_duty)
        return dispatch_wake (tx, engineer->territory_id);
    /* off duty nobody is followed */
    diary->latitude = diary->longitude = diary->accuracy_m = 0;
    diary->fixed_at = 0;
    tx_geo_remove (tx, engineer->id);
}

void
on_report_position (tx_t *tx, const report_position_t *command)
{
    const engineer_t *engineer = tx_get (tx, engineer, command->engineer_id);
    if (!engineer)
        return tx_reject (tx, "engineer.unknown", "no engineer %s: register him first",
            command->engineer_id);
    if (!command->point)
        return tx_reject (tx, "point.missing",
            "engineer %s sent no point: send latitude and longitude", engineer->id);
    if (!valid_point (tx, "point", command->point)
        || !valid_real (tx, "accuracy_m", command->accuracy_m, 0, 1e7)
        || !valid_past (tx, "fixed_at", command->fixed_at))
        return;
    if (!engineer->on_duty)
        return tx_reject (tx, "engineer.off_duty", "engineer %s is off duty: no position is kept",
            engineer->id);
    diary_t *diary = tx_need (tx, diary, engineer->id);
    tx_accept (tx, engineer->id);
    if (command->fixed_at <= diary->fixed_at)
        return;                                     /* came late: only the newest counts */
    diary->latitude = command->point->latitude;
    diary->longitude = command->point->longitude;
    diary->accuracy_m = command->accuracy_m;
    diary->fixed_at = command->fixed_at;
    tx_geo (tx, engineer->id, diary->latitude, diary->longitude, diary->fixed_at);
}
