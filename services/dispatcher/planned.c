/* planned - visits whose time is held while nobody was told: offered in bulk when a person says so. */
#include "dispatcher.h"
#include <string.h>

enum { IDS_MAX = 1000, TERRITORIES_MAX = 1000 };

static void
s_offer (tx_t *tx, visit_t *visit)
{
    work_order_t *order = tx_get (tx, work_order, visit->work_order_id);
    tx_correlate (tx, order->root_id);
    offer_make (tx, &(trip_t) { .visit = visit, .order = order, .at = tx_time (tx) });
}

static void
s_confirm_ids (tx_t *tx, const confirm_planned_t *command)
{
    for (size_t i = 0; i < command->n_visit_ids; i++) {
        if (!valid_id (tx, "visit_id", command->visit_ids [i]))
            return;
        tx_expect (tx, visit, command->visit_ids [i]);
    }
    for (size_t i = 0; i < command->n_visit_ids; i++) {
        const visit_t *visit = tx_get (tx, visit, command->visit_ids [i]);
        if (!visit)
            return tx_reject (tx, "visit.unknown", "no visit %s: look the id up again",
                command->visit_ids [i]);
        if (is_empty (visit->planned_territory_id))
            return tx_reject (tx, "visit.not_planned", "visit %s is %s, not planned and untold: leave "
                "it out", visit->id, enum_name (&visit_state_descriptor, visit->state));
        tx_expect (tx, work_order, visit->work_order_id);
    }
    for (size_t i = 0; i < command->n_visit_ids; i++) {
        visit_t *visit = tx_get (tx, visit, command->visit_ids [i]);
        if (!is_empty (visit->planned_territory_id))        /* may be named twice */
            s_offer (tx, visit);
    }
}

static bool
s_is_on (const visit_t *visit, const zone_t *zone, const char *day_on)
{
    char text [DATE_TEXT_SIZE];
    return is_empty (day_on)
        || strcmp (date_format (zone_date (zone, visit->work_starts_at, NULL), text), day_on) == 0;
}

/* All that waits in a territory and below it, and its orders: asked for together, before anything is
 * changed. */
static int
s_expect (tx_t *tx, const territory_t *whole, list_t ret_lists [TERRITORIES_MAX])
{
    int count = 0;
    EACH (territory, territory, tx_all (tx, territory))
        if (territory_is_below (tx, territory, whole->id))
            tx_expect_find (tx, visit, planned_territory_id, territory->id);
    EACH (territory, below, tx_all (tx, territory))
        if (count < TERRITORIES_MAX && territory_is_below (tx, below, whole->id))
            ret_lists [count++] = tx_find (tx, visit, planned_territory_id, below->id);
    for (int i = 0; i < count; i++)
        EACH (visit, visit, ret_lists [i])
            tx_expect (tx, work_order, visit->work_order_id);
    return count;
}

static void
s_confirm_territory (tx_t *tx, const confirm_planned_t *command)
{
    const territory_t *whole = tx_get (tx, territory, command->territory_id);
    if (!whole)
        return tx_reject (tx, "territory.unknown", "no territory %s: register it first",
            command->territory_id);
    const zone_t *zone = zone_find (is_empty (whole->time_zone) ? "UTC" : whole->time_zone, NULL);
    list_t lists [TERRITORIES_MAX];
    int list_count = s_expect (tx, whole, lists), count = 0;
    for (int i = 0; i < list_count; i++)
        EACH (visit, visit, lists [i])
            if (s_is_on (visit, zone, command->day_on)) {
                s_offer (tx, visit);
                count++;
            }
    if (!count)
        return tx_reject (tx, "visit.none_planned", "no visit of territory %s waits to be offered%s%s:"
            " look at its day again", whole->id, is_empty (command->day_on) ? "" : " on ",
            command->day_on);
    tx_accept (tx, whole->id);
}

void
on_confirm_planned (tx_t *tx, const confirm_planned_t *command)
{
    if (!valid_int (tx, "visit_ids", (int64_t) command->n_visit_ids, 0, IDS_MAX))
        return;
    if (command->n_visit_ids)
        return s_confirm_ids (tx, command);
    if (!valid_id (tx, "territory_id", command->territory_id)
        || (!is_empty (command->day_on) && !valid_date (tx, "day_on", command->day_on)))
        return;
    s_confirm_territory (tx, command);
}
