/* time_entry - an engineer's time, as his visits' states tell it and as he tells it himself; never
 * two things at once. */
#include "dispatcher.h"
#include <stdlib.h>
#include <string.h>

ENTITY_TABLE (time_entry, TIME_ENTRY_FIELDS, "engineer_day", "visit_id");

#define ENTRY_MAX_MS DATE_DAY_MS        /* so that looking a day back finds all that may overlap */

static char *
s_day_key (tx_t *tx, const char *engineer_id, int64_t day)
{
    return tx_printf (tx, "%s:%lld", engineer_id, (long long) day);
}

static int
s_by_start (const void *left, const void *right)
{
    const time_entry_t *a = *(time_entry_t *const *) left, *b = *(time_entry_t *const *) right;
    return a->from_at < b->from_at ? -1 : a->from_at > b->from_at;
}

/* His entries that overlap the span, but one, in order. */
static list_t
s_overlapping (tx_t *tx, const char *engineer_id, int64_t from_at, int64_t to_at,
    const char *but_not_id)
{
    int64_t first_day = from_at / DATE_DAY_MS - 1, last_day = to_at / DATE_DAY_MS;
    list_t found = { arena_alloc (tx_arena (tx), sizeof (void *)), 0 };
    for (int64_t day = first_day; day <= last_day; day++) {
        list_t entries = tx_find (tx, time_entry, engineer_day, s_day_key (tx, engineer_id, day));
        void **longer = arena_array (tx_arena (tx), (size_t) (found.count + entries.count) + 1,
            sizeof *longer);
        memcpy (longer, found.rows, (size_t) found.count * sizeof *longer);
        found.rows = longer;
        EACH (time_entry, entry, entries)
            if (entry->from_at < to_at && entry->to_at > from_at
                && strcmp (entry->id, but_not_id) != 0)
                found.rows [found.count++] = entry;
    }
    qsort (found.rows, (size_t) found.count, sizeof *found.rows, s_by_start);
    return found;
}

list_t
time_entry_between (tx_t *tx, const char *engineer_id, int64_t from_at, int64_t to_at)
{
    return s_overlapping (tx, engineer_id, from_at, to_at, "");
}

static void
s_say (tx_t *tx, const time_entry_t *entry)
{
    tx_emit_at (tx, entry->to_at < tx_now (tx) ? entry->to_at : tx_now (tx), time_entry_recorded (
        .time_entry_id = entry->id, .visit_id = entry->visit_id,
        .work_order_id = entry->work_order_id, .engineer_id = entry->engineer_id,
        .kind = (time_kind_t) entry->kind, .from_at = entry->from_at, .to_at = entry->to_at,
        .corrects_reason = entry->reason, .version = entry->version));
}

static void
s_add (tx_t *tx, const visit_t *visit, const char *id, time_kind_t kind, int64_t from_at,
    int64_t to_at)
{
    s_say (tx, tx_put (tx, time_entry, {
        .id = (char *) id, .visit_id = visit->id, .work_order_id = visit->work_order_id,
        .engineer_id = visit->engineer_id,
        .engineer_day = s_day_key (tx, visit->engineer_id, from_at / DATE_DAY_MS),
        .kind = (int) kind, .from_at = from_at, .to_at = to_at, .version = 1 }));
}

/* At most a day in one piece. */
static void
s_add_pieces (tx_t *tx, visit_t *visit, time_kind_t kind, int64_t from_at, int64_t to_at)
{
    for (int64_t at = from_at; at < to_at; at += ENTRY_MAX_MS) {
        char *id = tx_printf (tx, "%s:%lld", visit->id, (long long) ++visit->entries);
        s_add (tx, visit, id, kind, at, at + ENTRY_MAX_MS < to_at ? at + ENTRY_MAX_MS : to_at);
    }
}

void
time_entry_derive (tx_t *tx, visit_t *visit, time_kind_t kind, int64_t from_at, int64_t to_at)
{
    if (to_at <= from_at)
        return;
    list_t others = s_overlapping (tx, visit->engineer_id, from_at, to_at, "");
    for (int i = 0; i < others.count; i++) {
        const time_entry_t *other = others.rows [i];
        if (other->from_at > from_at)
            s_add_pieces (tx, visit, kind, from_at, other->from_at);
        if (other->to_at > from_at)
            from_at = other->to_at;
    }
    s_add_pieces (tx, visit, kind, from_at, to_at);
}

static bool
s_valid_span (tx_t *tx, int64_t from_at, int64_t to_at)
{
    return valid_instant (tx, "from_at", from_at) && valid_order (tx, "to_at", from_at, to_at)
        && valid_past (tx, "to_at", to_at)
        && valid_int (tx, "to_at", to_at - from_at, 1, ENTRY_MAX_MS);
}

static bool
s_is_free (tx_t *tx, const char *engineer_id, int64_t from_at, int64_t to_at,
    const char *but_not_id)
{
    list_t others = s_overlapping (tx, engineer_id, from_at, to_at, but_not_id);
    if (!others.count)
        return true;
    const time_entry_t *other = others.rows [0];
    tx_reject (tx, "time_entry.overlap",
               "engineer %s has %s from %lld to %lld (entry %s): correct that or send other times",
               engineer_id, enum_name (&time_kind_descriptor, other->kind),
               (long long) other->from_at, (long long) other->to_at, other->id);
    return false;
}

void
on_record_time_entry (tx_t *tx, const record_time_entry_t *command)
{
    if (!valid_id (tx, "time_entry_id", command->time_entry_id)
        || !valid_enum (tx, "kind", &time_kind_descriptor, command->kind)
        || !s_valid_span (tx, command->from_at, command->to_at))
        return;
    visit_t *visit = tx_get (tx, visit, command->visit_id);
    if (!visit)
        return tx_reject (tx, "visit.unknown", "no visit %s: look the id up again",
            command->visit_id);
    if (!is_empty (command->engineer_id) && strcmp (command->engineer_id, visit->engineer_id) != 0
        && strcmp (command->engineer_id, visit->provider_id) != 0)
        return tx_reject (tx, "visit.not_yours", "visit %s is not engineer %s's", visit->id,
            command->engineer_id);
    work_order_t *order = tx_get (tx, work_order, visit->work_order_id);
    if (order->is_posted)
        return tx_reject (tx, "time_entry.posted",
            "work order %s is posted: its time can not change any more", order->id);
    if (tx_is_taken (tx, time_entry, command->time_entry_id))
        return tx_reject (tx, "time_entry.exists",
                          "there is an entry %s already: correct it, or use another id",
                          command->time_entry_id);
    if (!s_is_free (tx, visit->engineer_id, command->from_at, command->to_at, ""))
        return;
    tx_correlate (tx, order->root_id);
    s_add (tx, visit, command->time_entry_id, command->kind, command->from_at, command->to_at);
    tx_accept (tx, command->time_entry_id);
}

void
on_correct_time_entry (tx_t *tx, const correct_time_entry_t *command)
{
    if (!valid_text (tx, "reason", command->reason, 1, 500)
        || !s_valid_span (tx, command->from_at, command->to_at))
        return;
    time_entry_t *entry = tx_get (tx, time_entry, command->time_entry_id);
    if (!entry)
        return tx_reject (tx, "time_entry.unknown", "no time entry %s: look the id up again",
            command->time_entry_id);
    const visit_t *visit = tx_get (tx, visit, entry->visit_id);
    const work_order_t *order = tx_get (tx, work_order, entry->work_order_id);
    if (visit && !visit_is_of_speaker (tx, visit))
        return;
    if (order->is_posted)
        return tx_reject (tx, "time_entry.posted",
            "work order %s is posted: its time can not change any more", order->id);
    if (!s_is_free (tx, entry->engineer_id, command->from_at, command->to_at, entry->id))
        return;
    entry->from_at = command->from_at;
    entry->to_at = command->to_at;
    entry->engineer_day = s_day_key (tx, entry->engineer_id, entry->from_at / DATE_DAY_MS);
    entry->reason = command->reason;
    entry->version++;
    tx_correlate (tx, order->root_id);
    s_say (tx, entry);
    tx_accept (tx, entry->id);
}
