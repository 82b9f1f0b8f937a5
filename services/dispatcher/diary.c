/* diary - what changes often about an engineer: his shift, his absences, the visits he has. */
#include "dispatcher.h"
#include <string.h>

ENTITY_CACHED (diary, DIARY_FIELDS, "territory_id");

enum { DIARY_KEPT_MS = 24 * 3600 * 1000 };  /* what ended before that is of no use to any choice */

static bool
s_is_kept (tx_t *tx, const diary_entry_t *entry, const char *but_not_id)
{
    if (strcmp (entry->entry_id, but_not_id) == 0)
        return false;
    return entry->kind == DIARY_KIND_VISIT || entry->to_at > tx_now (tx) - DIARY_KEPT_MS;
}

/* All entries but one, with room for one more. */
static diary_entries_t *
s_others (tx_t *tx, const diary_t *diary, const char *but_not_id)
{
    diary_entries_t *entries = tx_unpack (tx, diary_entries, diary->entries);
    diary_entry_t **kept = arena_array (tx_arena (tx), entries->n_entries + 1, sizeof *kept);
    size_t count = 0;
    for (size_t i = 0; i < entries->n_entries; i++)
        if (s_is_kept (tx, entries->entries [i], but_not_id))
            kept [count++] = entries->entries [i];
    entries->entries = kept;
    entries->n_entries = count;
    return entries;
}

void
diary_write (tx_t *tx, diary_t *diary, const diary_entry_t *entry)
{
    diary_entries_t *entries = s_others (tx, diary, entry->entry_id);
    size_t at = entries->n_entries++;
    for (; at > 0 && entries->entries [at - 1]->from_at > entry->from_at; at--)
        entries->entries [at] = entries->entries [at - 1];
    entries->entries [at] = (diary_entry_t *) entry;
    diary->entries = tx_pack (tx, &entries->base);
}

void
diary_erase (tx_t *tx, diary_t *diary, const char *entry_id)
{
    diary->entries = tx_pack (tx, &s_others (tx, diary, entry_id)->base);
}

void
on_shift_assigned (tx_t *tx, const shift_assigned_t *event)
{
    diary_t *diary = tx_need (tx, diary, event->engineer_id);
    diary->calendar_id = event->calendar_id;
    dispatch_wake (tx, diary->territory_id);
}

/* A visit that is locked to him moves to nobody by itself: a person must hear of it. */
static void
s_tell_locked (tx_t *tx, const absence_recorded_t *event, const char *visit_id)
{
    const visit_t *visit = tx_get (tx, visit, visit_id);
    work_order_t *order = visit ? tx_get (tx, work_order, visit->work_order_id) : NULL;
    if (!order || !lock_holds_engineer (visit) || strcmp (visit->engineer_id, event->engineer_id) != 0
        || !machine_next (visit_transitions, visit->state, "moved"))
        return;
    tx_correlate (tx, order->root_id);
    dispatch_tell_person (tx, order, tx_printf (tx, "visit %s is locked to engineer %s, who is away: unlock it, or "
        "reassign it", visit->id, visit->engineer_id));
}

void
on_absence_recorded (tx_t *tx, const absence_recorded_t *event)
{
    diary_t *diary = tx_need (tx, diary, event->engineer_id);
    diary_entry_t *entry = message_new (tx_arena (tx), diary_entry);
    entry->entry_id = event->absence_id;
    entry->kind = DIARY_KIND_ABSENCE;
    entry->from_at = event->from_at;
    entry->to_at = event->to_at;
    const diary_entries_t *entries = tx_unpack (tx, diary_entries, diary->entries);
    for (size_t i = 0; i < entries->n_entries; i++)
        if (entries->entries [i]->kind == DIARY_KIND_VISIT && entries->entries [i]->from_at < entry->to_at
            && entries->entries [i]->to_at > entry->from_at) {
            s_tell_locked (tx, event, entries->entries [i]->entry_id);
            replan_trigger (tx, diary->territory_id, entries->entries [i]->from_at, REPLAN_TRIGGER_ABSENCE,
                event->absence_id);
        }
    diary_write (tx, diary, entry);
}

void
on_absence_cancelled (tx_t *tx, const absence_cancelled_t *event)
{
    diary_t *diary = tx_need (tx, diary, event->engineer_id);
    diary_erase (tx, diary, event->absence_id);
    dispatch_wake (tx, diary->territory_id);
}
