/* sweep - one publication that concerns a multitude: a calendar, a territory, a plan, an alert rule. It only notes
 * who is concerned; each is then derived by a timer of its own, due at once, so that turns take them by the hundreds
 * and one that cannot be derived costs itself only. Who is concerned is found page by page: what fits into the first
 * is noted in the turn of the publication, the rest by a timer that remembers how far it has come. */
#include <string.h>

#include "sla-watchdog.h"

enum { PAGE = 1024 };

/* Whom a change concerns: rows with the changed id in field; each is derived by the timer (kind, text in subject). */
typedef struct {
    const char *kind;
    const entity_t *entity;
    const char *field, *subject, *cause;
} sweep_kind_t;

static const sweep_kind_t s_kinds [] = {
    { SWEEP_CALENDAR,  &sla_clock_entity, "open_calendar_id",  "case_id", "calendar published" },
    { SWEEP_TERRITORY, &sla_case_entity,  "open_territory_id", "id",      "territory published" },
    { SWEEP_PLAN,      &sla_case_entity,  "open_plan_id",      "id",      "plan published" },
    { SWEEP_ZONES,     &sla_clock_entity, "open_calendar_id",  "case_id", "rules of time zones" },
    { SWEEP_TERRITORY_ZONE, &sla_case_entity, "open_territory_id", "id", "rules of time zones" },
    { SWEEP_RULE,      &gauge_entity,     "metric",            "id",      "rule published" },
};

static const sweep_kind_t *
s_kind (const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof s_kinds / sizeof *s_kinds; i++)
        if (strlen (s_kinds [i].kind) == length && strncmp (s_kinds [i].kind, name, length) == 0)
            return &s_kinds [i];
    return NULL;
}

/* Notes a page of those concerned. Returns the key to go on after; NULL: that was all. */
static const char *
s_note (tx_t *tx, const sweep_kind_t *kind, const char *value, const char *after)
{
    const field_t *subject = entity_field (kind->entity, kind->subject);
    list_t page = tx_page_rows (tx, kind->entity, kind->field, value, after, PAGE);
    for (int i = 0; i < page.count; i++)
        tx_timer_set (tx, kind->kind, entity_text (subject, page.rows [i]), tx_now (tx));
    return page.count < PAGE ? NULL : entity_key (kind->entity, page.rows [page.count - 1]);
}

/* One that is under way begins anew: what it has passed may be concerned again. */
void
sweep_begin (tx_t *tx, const char *kind_name, const char *value)
{
    const sweep_kind_t *kind = s_kind (kind_name, strlen (kind_name));
    char *id = tx_printf (tx, "%s:%s", kind_name, value);
    tx_expect (tx, sweep, id);
    const char *after = s_note (tx, kind, value, "");
    sweep_t *sweep = tx_get (tx, sweep, id);
    if (!after) {
        if (sweep)
            tx_delete (tx, sweep, sweep);
        return tx_timer_clear (tx, "sweep", id);
    }
    if (!sweep)
        sweep = tx_put (tx, sweep, { .id = id });
    sweep->after_id = (char *) after;
    tx_timer_set (tx, "sweep", id, tx_now (tx));
}

void
sweep_later (tx_t *tx, const char *kind_name, const char *value)
{
    sweep_t *sweep = tx_need (tx, sweep, tx_printf (tx, "%s:%s", kind_name, value));
    sweep->after_id = "";
    tx_timer_set (tx, "sweep", sweep->id, tx_now (tx));
}

void
on_sweep (tx_t *tx, const wakeup_t *wakeup)
{
    const char *colon = strchr (wakeup->id, ':');
    const sweep_kind_t *kind = colon ? s_kind (wakeup->id, (size_t) (colon - wakeup->id)) : NULL;
    sweep_t *sweep = tx_get (tx, sweep, wakeup->id);
    if (!kind || !sweep)
        return;
    const char *after = s_note (tx, kind, colon + 1, sweep->after_id);
    if (!after)
        return tx_delete (tx, sweep, sweep);
    sweep->after_id = (char *) after;
    tx_timer_set (tx, "sweep", sweep->id, tx_now (tx));
}

void
on_case_swept (tx_t *tx, const wakeup_t *wakeup)
{
    const sweep_kind_t *kind = s_kind (wakeup->kind, strlen (wakeup->kind));
    sla_case_expect (tx, wakeup->id);
    sla_case_t *sla_case = tx_get (tx, sla_case, wakeup->id);
    if (!sla_case)
        return;
    bool is_plan = strcmp (wakeup->kind, SWEEP_PLAN) == 0;
    if (is_plan)
        sla_case->plan_id = "";             /* cases that had this plan choose again, and so do those that had none */
    sla_case_change (tx, sla_case, is_plan ? wakeup->due_at : 0, kind->cause);
}

void
on_gauge_swept (tx_t *tx, const wakeup_t *wakeup)
{
    tx_expect_find (tx, alert, gauge_id, wakeup->id);
    gauge_t *gauge = tx_get (tx, gauge, wakeup->id);
    if (!gauge)
        return;
    tx_correlate (tx, gauge->root_id);
    gauge_settle (tx, gauge);
}
