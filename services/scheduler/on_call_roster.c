/* on_call_roster.c - who is called when nobody is at his desk: published whole, asked for an instant. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

enum { GAPS_MAX = 32, GAP_DAYS = 28, RANK_MAX = 99 };

void
on_person_published (tx_t *tx, const person_published_t *event)
{
    person_t *person = tx_need (tx, person, event->person_id);
    person->retired = event->details && event->details->retired;
}

bool
person_is_known (tx_t *tx, const char *field, const char *person_id)
{
    if (!valid_id (tx, field, person_id))
        return false;
    engineer_t *engineer = tx_get (tx, engineer, person_id);
    person_t *person = tx_get (tx, person, person_id);
    if ((engineer && !engineer->retired) || (person && !person->retired))
        return true;
    return tx_reject (tx, "person.unknown", "%s %s is neither an engineer nor one of our people, or is retired: "
        "register him first", field, person_id), false;
}

static char *
s_place (tx_t *tx, const char *territory_id, const char *role)
{
    return tx_printf (tx, "%s %s", territory_id, role);
}

/* ---- how this service knows what on_call asks for */

static bool
s_look_up (tx_t *tx, const char *territory_id, const char *role, on_call_place_t *ret_place)
{
    char *place = s_place (tx, territory_id, role);
    tx_expect_find (tx, on_call_roster, place, place);
    territory_t *territory = tx_get (tx, territory, territory_id);
    if (!territory)
        return false;
    *ret_place = (on_call_place_t) { .parent_id = territory->parent_id, .time_zone = territory->time_zone };
    EACH (on_call_roster, roster, tx_find (tx, on_call_roster, place, place)) {
        ret_place->roster_id = roster->id;
        ret_place->roster = tx_unpack (tx, on_call_roster_details, roster->details);
    }
    return true;
}

/* Away, or here no more though the roster still names him. */
static bool
s_is_absent (tx_t *tx, const char *person_id, int64_t at)
{
    engineer_t *engineer = tx_get (tx, engineer, person_id);
    person_t *person = tx_get (tx, person, person_id);
    bool is_retired = engineer ? engineer->retired : person && person->retired;
    return is_retired || absence_in (tx, person_id, at, at + 1);
}

static const on_call_source_t s_source = { s_look_up, s_is_absent };

/* ---- publish */

static bool
s_duties_are_fine (tx_t *tx, const on_call_roster_details_t *details)
{
    if (!valid_int (tx, "duties", (int64_t) details->n_duties, 0, ON_CALL_DUTIES_MAX))
        return false;
    for (size_t i = 0; i < details->n_duties; i++) {
        const on_call_duty_t *duty = details->duties [i];
        if (!person_is_known (tx, "person_id", duty->person_id) || !valid_int (tx, "rank", duty->rank, 0, RANK_MAX))
            return false;
        const char *error = on_call_error (tx_arena (tx), duty);
        if (error)
            return tx_reject (tx, "duty.invalid", "duty %zu, of %s: %s", i + 1, duty->person_id, error), false;
    }
    return is_empty (details->fallback_person_id)
        || person_is_known (tx, "fallback_person_id", details->fallback_person_id);
}

static bool
s_is_valid (tx_t *tx, const publish_on_call_roster_t *command)
{
    const on_call_roster_details_t *details = command->details;
    if (!valid_id (tx, "roster_id", command->roster_id))
        return false;
    if (!details)
        return tx_reject (tx, "details.missing", "roster %s has no details: send territory, role and duties",
            command->roster_id), false;
    if (!valid_text (tx, "name", details->name, 0, 200) || !valid_id (tx, "territory_id", details->territory_id)
        || !valid_id (tx, "role", details->role) || !s_duties_are_fine (tx, details))
        return false;
    if (!tx_get (tx, territory, details->territory_id))
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first", details->territory_id), false;
    char *place = s_place (tx, details->territory_id, details->role);
    EACH (on_call_roster, other, tx_find (tx, on_call_roster, place, place))
        if (!details->retired && strcmp (other->id, command->roster_id) != 0)
            return tx_reject (tx, "roster.twice", "roster %s is for role %s of territory %s already: change that one, "
                "or retire it", other->id, details->role, details->territory_id), false;
    return true;
}

/* The instant from which somebody is on duty again, or at itself when somebody is. */
static int64_t
s_covered_from (const on_call_roster_details_t *details, const zone_t *zone, int64_t at)
{
    on_call_t duties [ON_CALL_MAX], next;
    if (on_call_duties (details, zone, at, duties))
        return at;
    return on_call_next (details, zone, at, &next) ? next.from_at : INT64_MAX;
}

static int64_t
s_covered_until (const on_call_roster_details_t *details, const zone_t *zone, int64_t at)
{
    on_call_t duties [ON_CALL_MAX];
    int64_t until_at = at;
    int count = on_call_duties (details, zone, at, duties);
    for (int i = 0; i < count; i++)
        if (duties [i].to_at > until_at)
            until_at = duties [i].to_at;
    return until_at;
}

static void
s_find_gaps (tx_t *tx, const on_call_roster_details_t *details, const zone_t *zone, on_call_roster_published_t *event)
{
    int64_t at = tx_now (tx), end_at = at + GAP_DAYS * DATE_DAY_MS;
    event->gaps = arena_array (tx_arena (tx), GAPS_MAX, sizeof *event->gaps);
    while (at < end_at && event->n_gaps < GAPS_MAX) {
        int64_t covered_at = s_covered_from (details, zone, at);
        if (covered_at > at) {
            time_span_t *gap = arena_alloc (tx_arena (tx), sizeof *gap);
            *gap = (time_span_t) { .base = time_span_init, .from_at = at,
                .to_at = covered_at < end_at ? covered_at : end_at };
            event->gaps [event->n_gaps++] = gap;
            at = gap->to_at;
        } else
            at = s_covered_until (details, zone, at);
    }
}

static void
s_publish (tx_t *tx, on_call_roster_t *roster, on_call_roster_details_t *details, const territory_t *territory)
{
    roster->version++;
    roster->place = details->retired ? "" : s_place (tx, details->territory_id, details->role);
    roster->details = tx_pack (tx, &details->base);
    on_call_roster_published_t event = {
        .base = on_call_roster_published_init, .roster_id = roster->id, .details = details,
        .version = roster->version };
    const zone_t *zone = zone_find (is_empty (territory->time_zone) ? "UTC" : territory->time_zone, NULL);
    if (!details->retired && zone)
        s_find_gaps (tx, details, zone, &event);
    tx_emit (tx, &event.base);
}

void
on_publish_on_call_roster (tx_t *tx, const publish_on_call_roster_t *command)
{
    if (!s_is_valid (tx, command))
        return;
    territory_t *territory = tx_get (tx, territory, command->details->territory_id);
    on_call_roster_t *roster = tx_need (tx, on_call_roster, command->roster_id);
    tx_accept (tx, roster->id);
    if (!roster->version || !blob_holds (tx, roster->details, &command->details->base))
        s_publish (tx, roster, command->details, territory);
}

/* ---- ask */

static on_call_person_t *
s_person (tx_t *tx, const on_call_t *on_call)
{
    on_call_person_t *person = arena_alloc (tx_arena (tx), sizeof *person);
    *person = (on_call_person_t) {
        .base = on_call_person_init, .person_id = (char *) on_call->person_id, .roster_id = (char *) on_call->roster_id,
        .territory_id = (char *) on_call->territory_id, .rank = on_call->rank, .from_at = on_call->from_at,
        .to_at = on_call->to_at, .is_fallback = on_call->is_fallback };
    return person;
}

/* The next duty of the nearest roster that has one. */
static on_call_person_t *
s_next (tx_t *tx, const char *territory_id, const char *role, int64_t at)
{
    on_call_place_t place;
    for (int above = 0; above < ON_CALL_ABOVE_MAX && s_look_up (tx, territory_id, role, &place); above++) {
        const zone_t *zone = zone_find (is_empty (place.time_zone) ? "UTC" : place.time_zone, NULL);
        on_call_t next;
        if (place.roster && zone && on_call_next (place.roster, zone, at, &next)) {
            next.roster_id = place.roster_id;
            next.territory_id = territory_id;
            return s_person (tx, &next);
        }
        territory_id = place.parent_id;
    }
    return NULL;
}

void
on_who_is_on_call (tx_t *tx, const who_is_on_call_t *query)
{
    if (!valid_id (tx, "territory_id", query->territory_id) || !valid_id (tx, "role", query->role)
        || !valid_instant (tx, "at", query->at))
        return;
    if (!tx_get (tx, territory, query->territory_id))
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first", query->territory_id);
    int64_t at = query->at ? query->at : tx_now (tx);
    on_call_t people [ON_CALL_MAX];
    on_call_people_t answer = {
        .base = on_call_people_init, .territory_id = query->territory_id, .role = query->role, .at = at };
    int count = on_call_list (tx, &s_source, query->territory_id, query->role, at, people);
    answer.next = s_next (tx, query->territory_id, query->role, at);
    answer.people = arena_array (tx_arena (tx), (size_t) count + 1, sizeof *answer.people);
    for (int i = 0; i < count; i++)
        answer.people [answer.n_people++] = s_person (tx, &people [i]);
    tx_answer (tx, &answer.base);
}
