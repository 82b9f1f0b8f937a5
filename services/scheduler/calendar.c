/* calendar.c - business time: published with its parents merged in, again for every child when a parent changes. */
#include "scheduler.h"
#include "valid.h"
#include <string.h>

enum { DEPTH_MAX = 16 };            /* calendars above a calendar */

/* A calendar as it will be: what a change means is known for the whole family before anything is changed. */
typedef struct next_t {
    struct next_t *next;
    const char *id;
    calendar_details_t *own, *merged;
} next_t;

static bool
s_is_usable (tx_t *tx, const char *id, const char *changed_id, const calendar_details_t *merged)
{
    const char *error = NULL;
    calendar_t *calendar = calendars_build (tx_arena (tx), merged, &error);
    calendar_destroy (&calendar);
    if (error && strcmp (id, changed_id) == 0)
        tx_reject (tx, "calendar.invalid", "calendar %s: %s", id, error);
    else if (error)
        tx_reject (tx, "calendar.invalid", "calendar %s inherits from %s and would not work any more: %s", id,
            changed_id, error);
    return !error;
}

/* Appends the calendar and all that inherit from it. False when one of them would be refused. */
static bool
s_plan_change (tx_t *tx, const char *changed_id, next_t *self, next_t ***tail)
{
    **tail = self;
    *tail = &self->next;
    if (!s_is_usable (tx, self->id, changed_id, self->merged))
        return false;
    EACH (published_calendar, child, tx_find (tx, published_calendar, parent_id, self->id)) {
        next_t *step = arena_alloc (tx_arena (tx), sizeof *step);
        step->id = child->id;
        step->own = tx_unpack (tx, calendar_details, child->own);
        step->merged = calendars_merge (tx_arena (tx), step->own, self->merged);
        if (!s_plan_change (tx, changed_id, step, tail))
            return false;
    }
    return true;
}

static void
s_publish (tx_t *tx, const next_t *step)
{
    published_calendar_t *calendar = tx_need (tx, published_calendar, step->id);
    calendar->version++;
    calendar->parent_id = step->own->parent_id;
    calendar->own = tx_pack (tx, &step->own->base);
    calendar->details = tx_pack (tx, &step->merged->base);
    tx_emit (tx, calendar_published (
        .calendar_id = calendar->id, .details = step->merged, .version = calendar->version));
    access_review (tx, calendar->id);
}

static bool
s_parents_are_fine (tx_t *tx, const char *id, const char *parent_id)
{
    int depth = 0;
    for (const char *above = parent_id; !is_empty (above); ) {
        published_calendar_t *parent = tx_get (tx, published_calendar, above);
        if (strcmp (above, id) == 0)
            return tx_reject (tx, "calendar.parent_loop", "calendar %s would inherit from itself by way of %s: "
                "choose another parent", id, parent_id), false;
        if (!parent)
            return tx_reject (tx, "calendar.parent_unknown", "no calendar %s to inherit from: publish it first",
                above), false;
        if (++depth > DEPTH_MAX)
            return tx_reject (tx, "calendar.parent_depth", "more than %d calendars above %s: choose a parent nearer "
                "the top", DEPTH_MAX, id), false;
        above = parent->parent_id;
    }
    return true;
}

enum { WEEKLY_MAX = 168 };          /* one for each hour of a week */

bool
calendar_change (tx_t *tx, const char *calendar_id, calendar_details_t *details)
{
    published_calendar_t *known = tx_get (tx, published_calendar, calendar_id);
    published_calendar_t *parent = tx_get (tx, published_calendar, details->parent_id);
    next_t change = { .id = calendar_id, .own = details, .merged = details }, *first = NULL, **tail = &first;
    if (parent)
        change.merged = calendars_merge (tx_arena (tx), details, tx_unpack (tx, calendar_details, parent->details));
    if (!s_plan_change (tx, calendar_id, &change, &tail))
        return false;
    tx_accept (tx, calendar_id);
    if (known && blob_holds (tx, known->own, &details->base))
        return true;
    for (const next_t *step = first; step; step = step->next)
        s_publish (tx, step);
    return true;
}

static bool
s_has_no_source (tx_t *tx, const calendar_details_t *details)
{
    for (size_t i = 0; i < details->n_exceptions; i++)
        if (!is_empty (details->exceptions [i]->source))
            return tx_reject (tx, "exception.imported", "exception %s has a source: leave it out, what comes from a "
                "feed is imported by ImportHolidays", details->exceptions [i]->date_on), false;
    return true;
}

void
on_publish_calendar (tx_t *tx, const publish_calendar_t *command)
{
    calendar_details_t *details = command->details;
    if (!valid_id (tx, "calendar_id", command->calendar_id))
        return;
    if (!details)
        return tx_reject (tx, "details.missing", "calendar %s has no details: send zone and hours",
            command->calendar_id);
    if (!valid_text (tx, "name", details->name, 0, 200) || !valid_optional_id (tx, "parent_id", details->parent_id)
        || !valid_int (tx, "weekly", (int64_t) details->n_weekly, 0, WEEKLY_MAX)
        || !s_has_no_source (tx, details) || !s_parents_are_fine (tx, command->calendar_id, details->parent_id))
        return;
    published_calendar_t *known = tx_get (tx, published_calendar, command->calendar_id);
    if (known)
        details = holidays_keep (tx, details, tx_unpack (tx, calendar_details, known->own));
    calendar_change (tx, command->calendar_id, details);
}

void
on_get_calendar (tx_t *tx, const get_calendar_t *query)
{
    published_calendar_t *calendar = tx_get (tx, published_calendar, query->calendar_id);
    if (!calendar)
        return tx_reject (tx, "calendar.unknown", "no calendar %s: publish it first", query->calendar_id);
    tx_answer (tx, calendar_published (
        .calendar_id = calendar->id, .details = tx_unpack (tx, calendar_details, calendar->details),
        .version = calendar->version));
}
