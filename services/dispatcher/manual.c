/* manual - a person chooses, and may waive what is a matter of judgement; and anyone may ask
 * why. */
#include "dispatcher.h"
#include <string.h>

static bool
s_may_choose (tx_t *tx, const work_order_t *order, const choose_engineer_t *command)
{
    if (!order)
        return tx_reject (tx, "work_order.unknown", "no work order %s: look the id up again",
            command->work_order_id), false;
    if (!tx_get (tx, engineer, command->engineer_id)
        && !tx_get (tx, provider, command->engineer_id))
        return tx_reject (tx, "engineer.unknown", "no engineer or provider %s: register him first",
            command->engineer_id), false;
    if (!machine_next (work_order_transitions, order->state, "ChooseEngineer"))
        return tx_reject (tx, "work_order.not_unscheduled",
                          "work order %s is %s: reassign its visit %s first", order->id,
                          enum_name (&work_order_state_descriptor, order->state),
                          order->open_visit_id), false;
    return valid_instant (tx, "starts_at", command->starts_at)
        && valid_text (tx, "override_reason", command->override_reason, 0, 500);
}

/* H4: what is broken is shown and needs a reason; what the law asks for can not be waived. */
static bool
s_may_break (tx_t *tx, const dispatch_candidate_t *chosen, const choose_engineer_t *command)
{
    const char *names = rules_names (tx_arena (tx), chosen);
    if (!rules_waivable (chosen))
        return tx_reject (tx, "dispatch.certificate",
            "engineer %s may not go: %s; no reason overrides a certificate, choose "
                          "another", chosen->engineer_id, names), false;
    if (chosen->n_failed_rules && is_empty (command->override_reason))
        return tx_reject (tx, "dispatch.rules_broken",
                          "engineer %s breaks %s; choose another or send an override_reason",
                          chosen->engineer_id, names), false;
    return true;
}

void
on_choose_engineer (tx_t *tx, const choose_engineer_t *command)
{
    work_order_t *order = tx_get (tx, work_order, command->work_order_id);
    if (!s_may_choose (tx, order, command))
        return;
    choose_input_t input;
    gather (tx, order, command->engineer_id, &input);
    input.manual_starts_at = command->starts_at;
    tx_find (tx, visit, work_order_id, order->id);
    dispatch_decided_t *document = choose (tx_arena (tx), &input);
    const dispatch_candidate_t *chosen = decision_candidate (document, command->engineer_id);
    if (!s_may_break (tx, chosen, command))
        return;
    document->override_reason = command->override_reason;
    order->offers = 0;                              /* a person has taken it in hand */
    tx_correlate (tx, order->root_id);
    dispatch_propose (tx, order, document);
    tx_accept (tx, order->open_visit_id);
}

/* What is said of others is not for one engineer's eyes, nor a subcontractor's. */
static void
s_keep_own (tx_t *tx, dispatch_decided_t *document)
{
    size_t kept = 0;
    for (size_t i = 0; i < document->n_candidates; i++)
        if (tx_may_speak_for (tx, document->candidates [i]->engineer_id))
            document->candidates [kept++] = document->candidates [i];
    document->n_candidates = kept;
    document->runner_up_id = "";
    document->runner_up_gap_minor = 0;
    document->n_offers = 0;
}

void
on_get_decision (tx_t *tx, const get_decision_t *query)
{
    const work_order_t *order = tx_get (tx, work_order, query->visit_id);
    const char *visit_id = order && !is_empty (order->open_visit_id) ? order->open_visit_id
        : query->visit_id;
    const visit_t *visit = tx_get (tx, visit, visit_id);
    if (*tx_speaker (tx) && !visit)
        return tx_reject (tx, "visit.unknown", "no visit %s: look the id up again", query->visit_id);
    if (visit && !visit_is_of_speaker (tx, visit))
        return;
    const decision_t *decision = visit ? decision_of (tx, visit) : tx_get (tx, decision, visit_id);
    if (!decision)
        return tx_reject (tx, "visit.unknown", "nothing was decided for a visit or work order %s: "
            "look the id up again", query->visit_id);
    dispatch_decided_t *document = tx_unpack (tx, dispatch_decided, decision->document);
    if (*tx_speaker (tx))
        s_keep_own (tx, document);
    tx_answer (tx, &document->base);
}
