/* verdict - how a promise stands: facts + promise + calendar -> instants and state. */
#include "verdict.h"

static bool
s_is_fixed (const promise_t *promise)
{
    return promise->type == BUDGET_TYPE_FIXED_INSTANT;
}

static bool
s_is_in_days (const promise_t *promise)
{
    return promise->type == BUDGET_TYPE_WORKING_DAYS_SAME_TIME || promise->type == BUDGET_TYPE_WORKING_DAYS_END_OF_DAY;
}

static int64_t
s_consumed (const promise_t *promise, const history_t *history, int64_t at)
{
    if (at <= history->started_at)
        return 0;
    if (s_is_fixed (promise))
        return at - history->started_at;
    return budget_consumed (promise->calendar, history->started_at, at, history->pauses, history->pause_count);
}

/* A wait does not move an instant that was named to the customer. */
static deadline_t
s_deadline (const promise_t *promise, const history_t *history)
{
    if (s_is_fixed (promise))
        return (deadline_t) { promise->fixed_at, promise->fixed_at };
    if (!s_is_in_days (promise))
        return budget_deadline (promise->calendar, history->started_at, promise->budget_ms,
            history->pauses, history->pause_count);
    budget_mode_t mode = promise->type == BUDGET_TYPE_WORKING_DAYS_SAME_TIME ? BUDGET_SAME_TIME : BUDGET_END_OF_DAY;
    return budget_working_days (promise->calendar, history->started_at, promise->budget_days, mode,
        history->pauses, history->pause_count);
}

static int64_t
s_budget (const promise_t *promise, const history_t *history, int64_t due_at)
{
    if (!s_is_fixed (promise) && !s_is_in_days (promise))
        return promise->budget_ms;
    return due_at == CALENDAR_NEVER ? 0 : s_consumed (promise, history, due_at);
}

static bool
s_is_paused (const promise_t *promise, const history_t *history, int64_t now)
{
    for (size_t i = 0; i < history->pause_count && !s_is_fixed (promise); i++)
        if (history->pauses [i].from_at <= now && now < history->pauses [i].to_at)
            return true;
    return false;
}

static clock_state_t
s_state (const promise_t *promise, const history_t *history, bool is_broken, int64_t now)
{
    if (history->ended_at && history->is_cancelled)
        return CLOCK_STATE_CANCELLED;
    if (history->ended_at)
        return is_broken ? CLOCK_STATE_MISSED : CLOCK_STATE_MET;
    return s_is_paused (promise, history, now) ? CLOCK_STATE_PAUSED : CLOCK_STATE_RUNNING;
}

/* What waits after the end is of no interest to this promise. */
static void
s_cut (const history_t *history)
{
    for (size_t i = 0; history->ended_at && i < history->pause_count; i++)
        if (history->pauses [i].to_at > history->ended_at)
            history->pauses [i].to_at = history->ended_at;
}

verdict_t
verdict_of (const promise_t *promise, const history_t *history, int64_t now)
{
    s_cut (history);
    int64_t at = history->ended_at ? history->ended_at : now;
    deadline_t deadline = s_deadline (promise, history);
    verdict_t verdict = {
        .due_at = deadline.due_at, .breach_at = deadline.breach_at,
        .budget_ms = s_budget (promise, history, deadline.due_at),
        .consumed_ms = s_consumed (promise, history, at),
        .is_broken = at > deadline.breach_at
    };
    verdict.state = s_state (promise, history, verdict.is_broken, now);
    return verdict;
}

int64_t
verdict_threshold_at (const promise_t *promise, const history_t *history, const verdict_t *verdict, int percent)
{
    if (percent == BREACH_PERCENT)
        return verdict->breach_at == CALENDAR_NEVER ? CALENDAR_NEVER : verdict->breach_at + 1;
    if (s_is_fixed (promise))
        return history->started_at + (verdict->budget_ms * percent + 99) / 100;
    if (s_is_in_days (promise) && verdict->due_at == CALENDAR_NEVER)
        return CALENDAR_NEVER;
    return budget_threshold (promise->calendar, history->started_at, verdict->budget_ms, percent * 100,
        history->pauses, history->pause_count).due_at;
}
