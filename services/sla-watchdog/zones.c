/* zones - rules of time zones change, a few times a year: what was promised in business hours may be due at another
 * instant then. A service keeps the rules it began with; the first look after its start finds that they are others. */
#include <string.h>

#include "calendar/zone.h"
#include "sla-watchdog.h"

enum { LOOK_EVERY_MS = 60 * 1000 };

static void
s_derive_open (tx_t *tx)
{
    EACH (known_calendar, calendar, tx_all (tx, known_calendar))
        sweep_later (tx, SWEEP_ZONES, calendar->id);
    EACH (territory, territory, tx_all (tx, territory))     /* without a calendar all time counts, in its zone's days */
        if (is_empty (territory->calendar_id))
            sweep_later (tx, SWEEP_TERRITORY_ZONE, territory->id);
}

void
on_zones (tx_t *tx, const wakeup_t *wakeup)
{
    zone_rules_t *self = tx_need (tx, zone_rules, wakeup->id);
    bool is_first = is_empty (self->release);
    if (is_first || strcmp (self->release, zone_release ()) != 0) {
        self->release = tx_printf (tx, "%s", zone_release ());
        if (!is_first)
            s_derive_open (tx);
    }
    tx_timer_set (tx, wakeup->kind, wakeup->id, tx_now (tx) + LOOK_EVERY_MS);
}
