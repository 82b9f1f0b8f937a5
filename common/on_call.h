/* on_call - who is called for a role of a territory at an instant, by the rosters that the scheduler publishes.
 *
 * The order of calling: those on duty by the territory's own roster, lowest rank first, then those of the territory
 * above, and so on; after them the fallbacks of these rosters. Who is away is left out, nobody is listed twice. Duties
 * are wall time of the roster's territory, so a duty is as long as the wall says on the nights when clocks change.
 *
 * Each service keeps territories, rosters and absences in rows of its own and says by on_call_source_t how they are
 * looked up. */
#pragma once
#include "calendar/zone.h"
#include "turn.h"

enum { ON_CALL_MAX = 50, ON_CALL_DUTIES_MAX = 500, ON_CALL_ABOVE_MAX = 16 };

/* Somebody on duty in [from_at, to_at); a fallback has no duty: 0, 0. */
typedef struct {
    const char *person_id, *roster_id, *territory_id;
    int rank;
    int64_t from_at, to_at;
    bool is_fallback;
} on_call_t;

/* A territory as far as this matters; roster NULL: it has none for the role. */
typedef struct {
    const char *parent_id, *time_zone, *roster_id;
    const on_call_roster_details_t *roster;
} on_call_place_t;

typedef struct {
    /* False: no such territory. */
    bool (*place) (tx_t *tx, const char *territory_id, const char *role, on_call_place_t *ret_place);
    bool (*is_absent) (tx_t *tx, const char *person_id, int64_t at);
} on_call_source_t;

/* Writes at most ON_CALL_MAX people in order of calling and returns how many. */
int on_call_list (tx_t *tx, const on_call_source_t *source, const char *territory_id, const char *role, int64_t at,
    on_call_t people [ON_CALL_MAX]);

/* Of one roster: the duties that run at the instant, in order of rank, then as listed. Returns how many, at most
 * ON_CALL_MAX. */
int on_call_duties (const on_call_roster_details_t *roster, const zone_t *zone, int64_t at,
    on_call_t duties [ON_CALL_MAX]);

/* Of one roster: the duty that begins first after the instant. False: none does. */
bool on_call_next (const on_call_roster_details_t *roster, const zone_t *zone, int64_t after_at, on_call_t *ret_next);

/* What is wrong with a duty's times and what to do, in the arena; NULL nothing. */
const char *on_call_error (arena_t *arena, const on_call_duty_t *duty);
