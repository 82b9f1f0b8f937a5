/* dispatch - decides for an order who goes, says so, and tries again when nobody could. */
#include "dispatcher.h"
#include <stdlib.h>
#include <string.h>

#define RETRY_MS        INT64_C (900000)
#define WAKE_MS         INT64_C (1000)      /* many changes at once wake a territory once */
#define SPREAD_MS       20                  /* between the orders then tried again, most urgent first */
enum { REFUSALS_MAX = 20 };                 /* by the scheduler, in one round */

static void
s_note_visit (tx_t *tx, const work_order_t *order, const visit_t *visit,
    const char *engineer_id, const dispatch_candidate_t *who)
{
    diary_entry_t *entry = message_new (tx_arena (tx), diary_entry);
    entry->entry_id = visit->id;
    entry->kind = DIARY_KIND_VISIT;
    entry->from_at = who->starts_at;
    entry->work_from_at = visit->work_starts_at;
    entry->to_at = who->ends_at;
    entry->point = site_point (tx, tx_get (tx, site, order->site_id));
    entry->type = (request_type_t) order->type;
    diary_write (tx, tx_need (tx, diary, engineer_id), entry);
}

/* Those who go with him are kept with the visit and in their diaries. */
static void
s_note_crew (tx_t *tx, const work_order_t *order, visit_t *visit,
    const dispatch_decided_t *document)
{
    crew_t crew = { .base = crew_init, .n_engineer_ids = document->n_crew_ids,
        .engineer_ids = document->crew_ids };
    if (document->n_crew_ids)
        visit->crew = tx_pack (tx, &crew.base);
    for (size_t i = 0; i < document->n_crew_ids; i++)
        s_note_visit (tx, order, visit, document->crew_ids [i],
            decision_candidate (document, document->crew_ids [i]));
}

static crew_member_t **
s_members (tx_t *tx, const dispatch_decided_t *document)
{
    crew_member_t **members = arena_array (tx_arena (tx), document->n_crew_ids + 1,
        sizeof *members);
    for (size_t i = 0; i < document->n_crew_ids; i++) {
        const dispatch_candidate_t *who = decision_candidate (document, document->crew_ids [i]);
        members [i] = message_new (tx_arena (tx), crew_member);
        members [i]->engineer_id = who->engineer_id;
        members [i]->starts_at = who->starts_at;
        members [i]->ends_at = who->ends_at;
    }
    return members;
}

static visit_t *
s_visit (tx_t *tx, work_order_t *order, const dispatch_decided_t *document,
    const dispatch_candidate_t *candidate)
{
    visit_t *visit = tx_put (tx, visit, {
        .id = tx_id (tx), .work_order_id = order->id, .engineer_id = candidate->engineer_id,
        .open_engineer_id = candidate->engineer_id, .state = VISIT_STATE_PROPOSED,
        .starts_at = candidate->starts_at,
        .work_starts_at = candidate->starts_at + candidate->travel_minutes * 60000,
        .ends_at = candidate->ends_at, .phase_at = tx_time (tx), .is_manual = document->manual });
    visit->replaces_visit_id = document->replaces_visit_id;
    if (!is_empty (document->visit_id))
        visit->decision_id = document->visit_id;
    const provider_t *provider = tx_get (tx, provider, candidate->provider_id);
    if (provider) {
        visit->provider_id = provider->id;
        visit->engineer_id = visit->open_engineer_id = provider_place (tx, provider,
            visit->starts_at, visit->ends_at);
    }
    s_note_visit (tx, order, visit, visit->engineer_id, candidate);
    s_note_crew (tx, order, visit, document);
    return visit;
}

static visit_proposed_t *
s_proposed (tx_t *tx, const visit_t *visit, const dispatch_decided_t *document)
{
    const dispatch_candidate_t *candidate = decision_candidate (document,
        is_empty (visit->provider_id) ? visit->engineer_id : visit->provider_id);
    visit_proposed_t *proposed = message_new (tx_arena (tx), visit_proposed);
    *proposed = (visit_proposed_t) {
        .base = visit_proposed_init,
        .visit_id = visit->id, .work_order_id = visit->work_order_id,
        .engineer_id = visit->engineer_id, .starts_at = visit->starts_at,
        .work_starts_at = visit->work_starts_at, .ends_at = visit->ends_at,
        .override_reason = document->override_reason,
        .outside_hours = candidate->overtime_minutes > 0
        || candidate->travel_outside_minutes > 0,
        .n_crew = document->n_crew_ids, .crew = s_members (tx, document),
        .provider_id = visit->provider_id, .replaces_visit_id = visit->replaces_visit_id };
    return proposed;
}

/* A visit for the winner, and for as many of the next best as the policy asks at once (X30); a
 * crew is asked alone. */
static int
s_visits (tx_t *tx, work_order_t *order, dispatch_decided_t *document, visit_t ***ret_visits)
{
    const dispatch_candidate_t **best;
    int at_once = document->manual || document->n_crew_ids ? 1 : policy_of (tx, order).details->broadcast_count;
    int count = decision_best_first (tx_arena (tx), document, at_once > 1 ? at_once : 1, &best);
    *ret_visits = arena_array (tx_arena (tx), (size_t) count, sizeof **ret_visits);
    for (int i = 0; i < count; i++) {
        (*ret_visits) [i] = s_visit (tx, order, document, best [i]);
        document->visit_id = (*ret_visits) [0]->id;
    }
    if (count < 2)
        return count;
    document->offers = arena_array (tx_arena (tx), (size_t) count, sizeof *document->offers);
    for (; document->n_offers < (size_t) count; document->n_offers++) {
        dispatch_offer_t *offer = message_new (tx_arena (tx), dispatch_offer);
        offer->visit_id = (*ret_visits) [document->n_offers]->id;
        offer->engineer_id = (*ret_visits) [document->n_offers]->engineer_id;
        document->offers [document->n_offers] = offer;
    }
    return count;
}

/* All but the proposals themselves; how many visits there are. */
static int
s_decide_for (tx_t *tx, work_order_t *order, dispatch_decided_t *document, visit_t ***ret_visits)
{
    tx_find (tx, visit, work_order_id, order->id);
    int count = s_visits (tx, order, document, ret_visits);
    for (int i = 0; i < count; i++)
        lock_hand_on (tx, order, (*ret_visits) [i]);
    lock_forget (tx, order);
    document->attempt = (int32_t) ++order->attempts;
    blob_t packed = tx_pack (tx, &document->base);
    tx_put (tx, decision, { .id = document->visit_id, .work_order_id = order->id, .document = packed });
    order->open_visit_id = document->visit_id;
    order->waiting_territory_id = order->failure = "";
    order->needs_person = false;
    tx_timer_clear (tx, "dispatch_retry", order->id);
    tx_emit_packed (tx, &document->base, packed);
    return count;
}

void
dispatch_propose (tx_t *tx, work_order_t *order, dispatch_decided_t *document)
{
    visit_t **visits;
    int count = s_decide_for (tx, order, document, &visits);
    for (int i = 0; i < count; i++) {
        tx_emit (tx, &s_proposed (tx, visits [i], document)->base);
        if (!is_empty (visits [i]->provider_id))    /* no answer of the scheduler is to be waited for */
            offer_or_plan (tx, &(trip_t) { .visit = visits [i], .order = order, .at = tx_time (tx) });
    }
    work_order_refresh (tx, order, "");
}

visit_proposed_t *
dispatch_propose_together (tx_t *tx, work_order_t *order, dispatch_decided_t *document)
{
    visit_t **visits;
    document->manual = false;
    s_decide_for (tx, order, document, &visits);
    work_order_refresh (tx, order, "");
    return s_proposed (tx, visits [0], document);
}

/* Said again only when it fails for another reason. Why nobody may go is kept under the order's id. */
static void
s_say_failed (tx_t *tx, work_order_t *order, const char *reason, dispatch_decided_t *document)
{
    if (strcmp (order->failure, reason) == 0)
        return;
    decision_t *kept = document ? tx_need (tx, decision, order->id) : NULL;
    order->failure = (char *) reason;
    int32_t attempt = (int32_t) ++order->attempts;
    if (kept) {
        document->attempt = attempt;
        kept->work_order_id = order->id;
        kept->document = tx_pack (tx, &document->base);
    }
    tx_emit (tx, dispatch_failed (
        .work_order_id = order->id, .reason = (char *) reason, .territory_id = order->territory_id,
        .n_candidates = document ? document->n_candidates : 0,
        .candidates = document ? document->candidates : NULL, .failed_at = tx_now (tx),
        .attempt = attempt, .needs_person = order->needs_person));
}

static void
s_wait (tx_t *tx, work_order_t *order, const char *reason, dispatch_decided_t *document)
{
    s_say_failed (tx, order, reason, document);
    order->waiting_territory_id = is_empty (order->territory_id) ? "" : order->territory_id;
    tx_timer_set (tx, "dispatch_retry", order->id, tx_now (tx) + RETRY_MS);
}

void
dispatch_give_up (tx_t *tx, work_order_t *order, const char *reason)
{
    order->needs_person = true;
    order->waiting_territory_id = "";
    tx_timer_clear (tx, "dispatch_retry", order->id);
    s_say_failed (tx, order, reason, NULL);
}

/* The order has a visit, and nothing becomes of it by itself. */
void
dispatch_tell_person (tx_t *tx, work_order_t *order, const char *reason)
{
    if (strcmp (order->failure, reason) == 0)
        return;
    order->failure = (char *) reason;
    tx_emit (tx, dispatch_failed (
        .work_order_id = order->id, .reason = (char *) reason, .territory_id = order->territory_id,
        .failed_at = tx_now (tx), .attempt = (int32_t) ++order->attempts, .needs_person = true));
}

enum { EMERGENCY_LEVEL = 1 };

/* Nobody can come in time: others may have to wait (X5). Not again and again: when everybody is kept from it by the
 * same as before, the day planned again would be the same too. */
static void
s_emergency (tx_t *tx, const work_order_t *order, const dispatch_decided_t *document)
{
    const dispatch_candidate_t *winner = decision_candidate (document, document->winner_id);
    bool is_late = winner ? document->promised_at
        && winner->starts_at + winner->travel_minutes * 60000 > document->promised_at
        : strcmp (order->failure ? order->failure : "", decision_summary (tx_arena (tx), document)) != 0;
    if (is_late && tx_unpack (tx, work_order_created, order->facts)->fault_level == EMERGENCY_LEVEL)
        replan_trigger (tx, order->territory_id, tx_now (tx), REPLAN_TRIGGER_EMERGENCY, order->id);
}

void
dispatch_decide (tx_t *tx, work_order_t *order)
{
    if (!order->is_ready || order->needs_person || !is_empty (order->open_visit_id)
        || order->state != WORK_ORDER_STATE_UNSCHEDULED)
        return;
    choose_input_t input;
    /* asked for with the rest, before the long work and not after it */
    tx_expect (tx, decision, order->id);
    tx_expect_find (tx, visit, work_order_id, order->id);
    gather (tx, order, NULL, &input);
    tx_find (tx, visit, work_order_id, order->id);
    tx_correlate (tx, order->root_id);
    if (order->refusals >= REFUSALS_MAX)
        return s_wait (tx, order, "the scheduler refused every time that was tried", NULL);
    dispatch_decided_t *document = choose (tx_arena (tx), &input);
    s_emergency (tx, order, document);
    if (is_empty (document->winner_id) && input.order.offers_in_vain)
        dispatch_give_up (tx, order, tx_printf (tx,
            "%d offers and nobody took it, and no provider may: choose somebody",
            input.order.offers_in_vain));
    else if (is_empty (document->winner_id))
        s_wait (tx, order, decision_summary (tx_arena (tx), document), document);
    else
        dispatch_propose (tx, order, document);
}

/* ---- again */

/* What the scheduler refused a while ago may be free by now. */
static void
s_forget_refusals (tx_t *tx, work_order_t *order)
{
    setbacks_t *setbacks = tx_unpack (tx, setbacks, order->setbacks);
    setbacks->n_refused = 0;
    order->setbacks = tx_pack (tx, &setbacks->base);
    order->refusals = 0;
}

void
on_dispatch_retry (tx_t *tx, const wakeup_t *wakeup)
{
    work_order_t *order = tx_get (tx, work_order, wakeup->id);
    if (!order || order->state != WORK_ORDER_STATE_UNSCHEDULED)
        return;
    if (!order->is_ready || order->needs_person || !is_empty (order->open_visit_id))
        return;
    s_forget_refusals (tx, order);
    dispatch_decide (tx, order);
}

static bool
s_is_under (tx_t *tx, const territory_t *territory, const char *above_id)
{
    for (int depth = 0; territory && depth < 8; depth++) {
        if (strcmp (territory->id, above_id) == 0)
            return true;
        territory = tx_get (tx, territory, territory->parent_id);
    }
    return false;
}

void
dispatch_wake (tx_t *tx, const char *territory_id)
{
    if (is_empty (territory_id))
        return;
    EACH (territory, territory, tx_all (tx, territory))
        if (s_is_under (tx, territory, territory_id))
            tx_timer_set (tx, "territory_retry", territory->id, tx_now (tx) + WAKE_MS);
}

static int
s_by_priority (const void *left, const void *right)
{
    const work_order_t *a = *(work_order_t *const *) left, *b = *(work_order_t *const *) right;
    if (a->priority != b->priority)
        return a->priority < b->priority ? -1 : 1;
    if (a->created_at != b->created_at)
        return a->created_at < b->created_at ? -1 : 1;
    return strcmp (a->id, b->id);
}

void
on_territory_retry (tx_t *tx, const wakeup_t *wakeup)
{
    list_t waiting = tx_find (tx, work_order, waiting_territory_id, wakeup->id);
    qsort (waiting.rows, (size_t) waiting.count, sizeof *waiting.rows, s_by_priority);
    for (int i = 0; i < waiting.count; i++)
        tx_timer_set (tx, "dispatch_retry", ((work_order_t *) waiting.rows [i])->id,
            tx_now (tx) + i * SPREAD_MS);
}

/* ---- the promise comes after the decision */

static bool
s_breaks (const visit_t *visit, int64_t arrive_at)
{
    return visit && visit->state == VISIT_STATE_PROPOSED && !visit->is_manual && !visit->lock
        && visit->work_starts_at > arrive_at;
}

/* By a timer, because a clock speaks of when it started, which may be long before the decision. */
void
dispatch_promised (tx_t *tx, const char *request_id, int64_t arrive_at)
{
    EACH (work_order, order, tx_find (tx, work_order, open_request_id, request_id))
        if (!order->not_after_at && s_breaks (tx_get (tx, visit, order->open_visit_id), arrive_at))
            tx_timer_set (tx, "promise_broken", order->id, tx_now (tx));
}

/* Once for each promise: a decision that knew it stands, even when nobody can keep it. */
void
on_promise_broken (tx_t *tx, const wakeup_t *wakeup)
{
    work_order_t *order = tx_get (tx, work_order, wakeup->id);
    visit_t *visit = order ? tx_get (tx, visit, order->open_visit_id) : NULL;
    const decision_t *decision = decision_of (tx, visit);
    const promise_t *promise = order && decision ? tx_get (tx, promise, order->request_id) : NULL;
    visit_t **others;
    if (!promise || visit_others (tx, order, visit, &others) || !s_breaks (visit, promise->arrive_at)
        || tx_unpack (tx, dispatch_decided, decision->document)->promised_at == promise->arrive_at)
        return;
    const char *reason = "an earlier arrival is promised";
    int64_t at = tx_time (tx) > visit->phase_at ? tx_time (tx) : visit->phase_at;
    tx_correlate (tx, order->root_id);
    visit_end (tx, &(trip_t) { .visit = visit, .order = order, .at = at }, "ReassignVisit", reason);
    work_order_refresh (tx, order, reason);
    dispatch_decide (tx, order);
}
