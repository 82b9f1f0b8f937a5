/* waiting_policy - what happens while a request waits for its customer: reminders in business time of the site, then it
 * is taken as solved (X22). */
#include "intake.h"

#include "calendar/budget.h"
#include "calendars.h"

ENTITY_CACHED (waiting_policy, WAITING_POLICY_FIELDS, NULL);
ENTITY_CACHED (business_calendar, BUSINESS_CALENDAR_FIELDS, NULL);

enum { REMINDERS_MAX = 10 };

void
on_calendar_published (tx_t *tx, const calendar_published_t *event)
{
    business_calendar_t *calendar = tx_need (tx, business_calendar, event->calendar_id);
    if (event->version < calendar->version || !event->details)
        return;
    calendar->version = event->version;
    calendar->details = tx_pack (tx, &event->details->base);
}

/* ---- the command */

static bool
s_times_valid (tx_t *tx, const publish_waiting_policy_t *command)
{
    int64_t before_ms = 0;
    if (command->n_remind_after_ms > REMINDERS_MAX)
        return tx_reject (tx, "remind_after_ms.invalid", "%zu reminders: at most %d", command->n_remind_after_ms,
                   REMINDERS_MAX),
               false;
    for (size_t i = 0; i < command->n_remind_after_ms; i++) {
        if (!valid_int (tx, "remind_after_ms", command->remind_after_ms [i], before_ms + 1, 366 * DAY_MS))
            return false;
        before_ms = command->remind_after_ms [i];
    }
    return !command->resolve_after_ms
        || valid_int (tx, "resolve_after_ms", command->resolve_after_ms, before_ms + 1, 366 * DAY_MS);
}

void
on_publish_waiting_policy (tx_t *tx, const publish_waiting_policy_t *command)
{
    if (!valid_enum (tx, "reason", &wait_reason_descriptor, (int) command->reason)
        || !s_times_valid (tx, command))
        return;
    const char *name = enum_name (&wait_reason_descriptor, (int) command->reason);
    if (command->reason != WAIT_REASON_CUSTOMER && command->reason != WAIT_REASON_CUSTOMER_APPROVAL)
        return tx_reject (tx, "reason.not_customer",
            "%s is not for the customer to end: give WAIT_REASON_CUSTOMER or WAIT_REASON_CUSTOMER_APPROVAL", name);
    waiting_policy_t *policy = tx_need (tx, waiting_policy, name);
    policy->details = tx_pack (tx, &command->base);
    tx_accept (tx, policy->id);
}

/* ---- when what happens */

static const publish_waiting_policy_t *
s_details (tx_t *tx, const waiting_t *waiting)
{
    waiting_policy_t *policy = tx_get (tx, waiting_policy, enum_name (&wait_reason_descriptor, waiting->reason));
    return tx_unpack (tx, publish_waiting_policy, policy ? policy->details : (blob_t) { 0 });
}

/* So much business time after an instant; without a calendar all time counts. */
static int64_t
s_after (tx_t *tx, const service_request_t *request, int64_t at, int64_t time_ms)
{
    territory_t *territory = tx_get (tx, territory, request->territory_id);
    const char *calendar_id =
        territory ? tx_unpack (tx, territory_details, territory->details)->calendar_id : "";
    business_calendar_t *row = tx_get (tx, business_calendar, calendar_id);
    calendar_t *calendar = row ? calendars_get (row->id, row->version, row->details) : NULL;
    return calendar ? budget_deadline (calendar, at, time_ms, NULL, 0).due_at : at + time_ms;
}

/* Times count from the wait's begin and are walked from reminder to reminder: one that came late moves what follows, so
 * that nobody gets two at once, or less time to answer than the policy says. */
static int64_t
s_step_at (tx_t *tx, const service_request_t *request, const waiting_t *waiting,
    const publish_waiting_policy_t *policy, int64_t after_ms)
{
    size_t said = (size_t) waiting->reminded;
    if (said > policy->n_remind_after_ms)
        said = policy->n_remind_after_ms;
    return said ? s_after (tx, request, waiting->reminded_at, after_ms - policy->remind_after_ms [said - 1])
        : s_after (tx, request, waiting->started_at, after_ms);
}

int64_t
waiting_policy_resolves_at (tx_t *tx, const service_request_t *request, const waiting_t *waiting)
{
    const publish_waiting_policy_t *policy = s_details (tx, waiting);
    return policy->resolve_after_ms ? s_step_at (tx, request, waiting, policy, policy->resolve_after_ms) : 0;
}

waiting_step_t
waiting_policy_next (tx_t *tx, const service_request_t *request, const waiting_t *waiting)
{
    const publish_waiting_policy_t *policy = s_details (tx, waiting);
    waiting_step_t step = { WAITING_STAYS, INT64_MAX };
    if ((size_t) waiting->reminded < policy->n_remind_after_ms)
        step = (waiting_step_t) { WAITING_REMIND,
            s_step_at (tx, request, waiting, policy, policy->remind_after_ms [waiting->reminded]) };
    else if (policy->resolve_after_ms)
        step = (waiting_step_t) { WAITING_RESOLVE, waiting_policy_resolves_at (tx, request, waiting) };
    if (waiting->resume_at && waiting->resume_at <= step.at)
        step = (waiting_step_t) { WAITING_RESUME, waiting->resume_at };
    return step;
}

int
waiting_policy_reminders (tx_t *tx, const waiting_t *waiting)
{
    return (int) s_details (tx, waiting)->n_remind_after_ms;
}
