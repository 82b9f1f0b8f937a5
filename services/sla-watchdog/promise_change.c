/* promise_change - what becomes of a promise when level, contract or plan change. The plan in force says so: its own
 * promise is the one that is changed. RETROACTIVE needs nothing here, the clock is simply derived from the start by the
 * new plan. */
#include <string.h>

#include "promise.h"

static bool
s_is_in_force (const sla_clock_t *clock)
{
    return clock->state != CLOCK_STATE_UNSPECIFIED && clock->state != CLOCK_STATE_CANCELLED
        && clock->policy > CHANGE_POLICY_RETROACTIVE;
}

static void
s_keep (sla_clock_t *clock, keeps_t keeps)
{
    clock->keeps = (int) keeps;
    clock->kept = clock->target;
}

void
promise_change (tx_t *tx, const derivation_t *of, milestone_t milestone, sla_clock_t *clock)
{
    if (!of->changed_at || !s_is_in_force (clock))
        return;
    terms_t terms;
    promised_t promised = promise_terms (tx, of, milestone, clock, &terms);
    if (promised != PROMISE_NONE && strcmp (terms.text, clock->promise) == 0)
        return;
    if (clock->stopped_at && clock->stopped_at <= of->changed_at)
        s_keep (clock, KEEPS_ALWAYS);       /* it was over by then */
    else if (clock->policy == CHANGE_POLICY_KEEP_EARLIER)
        s_keep (clock, KEEPS_IF_EARLIER);
    else if (of->changed_at > clock->counted_from_at)
        clock->counted_from_at = of->changed_at;
}
