/* replan_apply - a plan of the day becomes proposals to the scheduler, one for each visit that moves, in
 * an order in which each finds its time free. */
#include "dispatcher.h"
#include <string.h>

typedef struct group_t { const replan_move_t **moves; int count; struct group_t *next; } group_t;

typedef struct {
    tx_t *tx;
    replan_proposed_t *document;
    const replan_move_t **order;        /* in which they are proposed */
    int count;
    const replan_move_t **together;     /* those of one engineer that take each other's time */
    int together_count;
    group_t *groups;
} apply_t;

/* ---- what still holds */

static bool
s_is_as_planned (tx_t *tx, const replan_move_t *move)
{
    const work_order_t *order = tx_get (tx, work_order, move->work_order_id);
    const visit_t *visit = tx_get (tx, visit, move->visit_id);
    visit_t **others;
    if (!order || order->is_cancelled)
        return false;
    if (is_empty (move->visit_id))
        return order->is_ready && !order->needs_person && is_empty (order->open_visit_id)
            && order->state == WORK_ORDER_STATE_UNSCHEDULED;
    return visit && machine_next (visit_transitions, visit->state, "moved")
        && strcmp (visit->open_engineer_id, move->from_engineer_id) == 0
        && visit->work_starts_at == move->from_work_starts_at
        && (!visit_others (tx, order, visit, &others) || (move->must && visit->state == VISIT_STATE_ACCEPTED))
        && (move->must ? !lock_holds_engineer (visit) : !visit->lock);
}

static bool
s_is_same_engineer (const replan_move_t *move)
{
    return strcmp (move->from_engineer_id, move->engineer_id) == 0;
}

/* The visit leaves that time for certain, or the scheduler will say no to it and to what follows. */
static bool
s_gives_way (const apply_t *self, const char *visit_id, const replan_move_t *asking)
{
    if (strcmp (asking->visit_id, visit_id) == 0)
        return true;
    for (int i = 0; i < self->together_count; i++)
        if (strcmp (self->together [i]->visit_id, visit_id) == 0)
            return true;
    for (int i = 0; i < self->count; i++)
        if (strcmp (self->order [i]->visit_id, visit_id) == 0)
            return self->order [i]->must || s_is_same_engineer (self->order [i]);
    return false;
}

static bool
s_overlaps (const replan_move_t *move, int64_t from_at, int64_t to_at)
{
    return move->starts_at < to_at && move->ends_at > from_at;
}

static bool
s_is_free (const apply_t *self, const replan_move_t *move)
{
    const diary_t *diary = tx_get (self->tx, diary, move->engineer_id);
    const diary_entries_t *entries = tx_unpack (self->tx, diary_entries, diary ? diary->entries : (blob_t) { 0 });
    for (size_t i = 0; i < entries->n_entries; i++)
        if (s_overlaps (move, entries->entries [i]->from_at, entries->entries [i]->to_at)
            && !s_gives_way (self, entries->entries [i]->entry_id, move))
            return false;
    for (int i = 0; i < self->count; i++)
        if (strcmp (self->order [i]->engineer_id, move->engineer_id) == 0
            && s_overlaps (move, self->order [i]->starts_at, self->order [i]->ends_at))
            return false;
    return true;
}

/* Visits that stay with their engineer and take each other's time, of whom nobody is asked anything: all at once.
 * False: their time is not free even so. */
static bool
s_join (apply_t *self, const char *engineer_id, bool *is_done)
{
    const replan_proposed_t *document = self->document;
    self->together = arena_array (tx_arena (self->tx), document->n_moves + 1, sizeof *self->together);
    self->together_count = 0;
    for (size_t i = 0; i < document->n_moves; i++)
        if (!is_done [i] && s_is_same_engineer (document->moves [i]) && !document->moves [i]->must
            && strcmp (document->moves [i]->engineer_id, engineer_id) == 0)
            self->together [self->together_count++] = document->moves [i];
    bool is_free = self->together_count > 1;
    for (int i = 0; i < self->together_count && is_free; i++)
        is_free = s_is_free (self, self->together [i]);
    for (size_t i = 0; i < document->n_moves && is_free; i++)
        for (int j = 0; j < self->together_count; j++)
            is_done [i] |= self->together [j] == document->moves [i];
    return is_free;
}

static void
s_keep_together (apply_t *self)
{
    group_t *group = arena_alloc (tx_arena (self->tx), sizeof *group);
    *group = (group_t) { self->together, self->together_count, self->groups };
    self->groups = group;
}

/* Again and again the first that finds its time free. What is left waits for a visit that may yet stay where
 * it is, because another engineer has to say yes first. */
static void
s_arrange (apply_t *self)
{
    replan_proposed_t *document = self->document;
    bool *is_done = arena_array (tx_arena (self->tx), document->n_moves + 1, sizeof *is_done);
    for (size_t i = 0; i < document->n_moves; i++)
        if ((is_done [i] = !s_is_as_planned (self->tx, document->moves [i])))
            document->moves [i]->not_made_reason = "it has changed meanwhile";
    for (int before = -1; before != self->count; ) {
        before = self->count;
        for (size_t i = 0; i < document->n_moves; i++)
            if (!is_done [i] && s_is_free (self, document->moves [i])) {
                self->order [self->count++] = document->moves [i];
                is_done [i] = true;
            }
    }
    for (size_t i = 0; i < document->n_moves; i++)
        if (!is_done [i] && s_join (self, document->moves [i]->engineer_id, is_done))
            s_keep_together (self);
    self->together_count = 0;
    for (size_t i = 0; i < document->n_moves; i++)
        if (!is_done [i])
            document->moves [i]->not_made_reason = "its time is free only when another visit has moved";
}

/* ---- doing it */

static cost_term_t *
s_term (tx_t *tx, const char *name, int64_t quantity, const char *unit, int64_t price_minor)
{
    cost_term_t *term = message_new (tx_arena (tx), cost_term);
    term->term = (char *) name;
    term->quantity = quantity;
    term->unit = (char *) unit;
    term->price_minor = price_minor;
    term->amount_minor = quantity * price_minor;
    return term;
}

static dispatch_candidate_t *
s_candidate (tx_t *tx, const work_order_t *order, const replan_move_t *move)
{
    const dispatch_policy_details_t *policy = policy_of (tx, order).details;
    dispatch_candidate_t *candidate = message_new (tx_arena (tx), dispatch_candidate);
    candidate->engineer_id = move->engineer_id;
    candidate->starts_at = move->starts_at;
    candidate->ends_at = move->ends_at;
    candidate->travel_minutes = (move->work_starts_at - move->starts_at) / 60000;
    candidate->distance_m = move->distance_m;
    candidate->work_minutes = (move->ends_at - move->work_starts_at) / 60000;
    candidate->overtime_minutes = move->overtime_minutes;
    candidate->terms = arena_array (tx_arena (tx), 2, sizeof *candidate->terms);
    candidate->terms [candidate->n_terms++] = s_term (tx, "travel", move->travel_minutes, "min",
        policy->travel_per_minute_minor);
    candidate->terms [candidate->n_terms++] = s_term (tx, "distance", (move->distance_m + 999) / 1000, "km",
        policy->travel_per_km_minor);
    candidate->cost_minor = decision_cost (candidate);
    return candidate;
}

static void
s_end_old (tx_t *tx, work_order_t *order, visit_t *visit, bool is_moved)
{
    int64_t at = tx_time (tx) > visit->phase_at ? tx_time (tx) : visit->phase_at;
    char *reason = tx_printf (tx, "engineer %s is away", visit->engineer_id);
    visit_end (tx, &(trip_t) { .visit = visit, .order = order, .at = at, .is_moved = is_moved }, "moved", reason);
    work_order_refresh (tx, order, reason);
}

static dispatch_decided_t *
s_decided (apply_t *self, const work_order_t *order, const replan_move_t *move)
{
    tx_t *tx = self->tx;
    dispatch_decided_t *decided = message_new (tx_arena (tx), dispatch_decided);
    decided->work_order_id = order->id;
    decided->territory_id = order->territory_id;
    decided->policy_id = self->document->policy_id;
    decided->policy_version = self->document->policy_version;
    decided->input_hash = self->document->input_hash;
    decided->decided_at = tx_now (tx);
    decided->replan_id = self->document->replan_id;
    decided->replaces_visit_id = move->visit_id;
    decided->candidates = arena_array (tx_arena (tx), 1, sizeof *decided->candidates);
    decided->candidates [decided->n_candidates++] = s_candidate (tx, order, move);
    decision_rank (decided);
    return decided;
}

static void
s_propose (apply_t *self, const replan_move_t *move)
{
    tx_t *tx = self->tx;
    work_order_t *order = tx_get (tx, work_order, move->work_order_id);
    visit_t *old = tx_get (tx, visit, move->visit_id);
    tx_correlate (tx, order->root_id);
    if (old && move->must) {
        moved_too_late (tx, &(trip_t) { .visit = old, .order = order, .at = tx_time (tx) });
        s_end_old (tx, order, old, true);
    }
    dispatch_propose (tx, order, s_decided (self, order, move));
}

static void
s_propose_together (apply_t *self, const group_t *group)
{
    tx_t *tx = self->tx;
    moves_proposed_t *proposed = message_new (tx_arena (tx), moves_proposed);
    proposed->replan_id = self->document->replan_id;
    proposed->visits = arena_array (tx_arena (tx), (size_t) group->count, sizeof *proposed->visits);
    for (int i = 0; i < group->count; i++) {
        work_order_t *order = tx_get (tx, work_order, group->moves [i]->work_order_id);
        tx_correlate (tx, order->root_id);
        proposed->visits [proposed->n_visits++] = dispatch_propose_together (tx, order,
            s_decided (self, order, group->moves [i]));
    }
    tx_emit (tx, &proposed->base);
}

/* Whose engineer is away and for whom the day has no place: an order like any other. */
static void
s_let_go (tx_t *tx, const char *visit_id)
{
    visit_t *visit = tx_get (tx, visit, visit_id);
    work_order_t *order = visit ? tx_get (tx, work_order, visit->work_order_id) : NULL;
    if (!order || !machine_next (visit_transitions, visit->state, "moved") || lock_holds_engineer (visit))
        return;
    tx_correlate (tx, order->root_id);
    s_end_old (tx, order, visit, false);
    dispatch_decide (tx, order);
}

static void
s_expect (tx_t *tx, const replan_proposed_t *document)
{
    for (size_t i = 0; i < document->n_moves; i++) {
        tx_expect (tx, work_order, document->moves [i]->work_order_id);
        tx_expect (tx, visit, document->moves [i]->visit_id);
        tx_expect_find (tx, visit, work_order_id, document->moves [i]->work_order_id);
        tx_expect (tx, decision, document->moves [i]->work_order_id);
    }
    for (size_t i = 0; i < document->n_left_out; i++) {
        tx_expect (tx, visit, document->left_out [i]->visit_id);
        tx_expect (tx, work_order, document->left_out [i]->work_order_id);
    }
    for (size_t i = 0; i < document->n_moves; i++) {
        const work_order_t *order = tx_get (tx, work_order, document->moves [i]->work_order_id);
        if (order)
            tx_expect (tx, site, order->site_id);
    }
}

void
replan_apply (tx_t *tx, replan_proposed_t *document)
{
    apply_t self = { .tx = tx, .document = document,
        .order = arena_array (tx_arena (tx), document->n_moves + 1, sizeof *self.order) };
    s_expect (tx, document);
    s_arrange (&self);
    tx_emit (tx, &document->base);
    for (int i = 0; i < self.count; i++)
        s_propose (&self, self.order [i]);
    for (const group_t *group = self.groups; group; group = group->next)
        s_propose_together (&self, group);
    for (size_t i = 0; i < document->n_moves; i++)
        if (document->moves [i]->must && !is_empty (document->moves [i]->not_made_reason))
            s_let_go (tx, document->moves [i]->visit_id);
    for (size_t i = 0; i < document->n_left_out; i++)
        if (document->left_out [i]->must)
            s_let_go (tx, document->left_out [i]->visit_id);
}
