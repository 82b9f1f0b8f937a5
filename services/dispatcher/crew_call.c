/* crew_call - those who go with the engineer of a visit are called when he has accepted, and released when it
 * ends before its work. */
#include "dispatcher.h"

static const dispatch_decided_t *
s_document (tx_t *tx, const visit_t *visit)
{
    const decision_t *decision = tx_get (tx, decision, visit->id);
    blob_t document = decision ? decision->document : (blob_t) { NULL, 0 };
    return tx_unpack (tx, dispatch_decided, document);
}

void
crew_call (tx_t *tx, const trip_t *trip)
{
    const visit_t *visit = trip->visit;
    if (!visit->crew.size)
        return;
    const dispatch_decided_t *document = s_document (tx, visit);
    for (size_t i = 0; i < document->n_crew_ids; i++) {
        const dispatch_candidate_t *who = decision_candidate (document, document->crew_ids [i]);
        tx_emit_at (tx, trip->at, crew_called (
            .visit_id = visit->id, .engineer_id = who->engineer_id,
            .work_order_id = visit->work_order_id, .starts_at = who->starts_at,
            .work_starts_at = visit->work_starts_at, .ends_at = who->ends_at,
            .leader_id = visit->engineer_id, .customer_id = trip->order->customer_id,
            .site_id = trip->order->site_id, .request_id = trip->order->request_id));
    }
}

void
crew_release (tx_t *tx, const trip_t *trip, const char *reason)
{
    const visit_t *visit = trip->visit;
    const crew_t *crew = visit_crew (tx, visit);
    for (size_t i = 0; i < crew->n_engineer_ids; i++)
        tx_emit_at (tx, trip->at, crew_released (
            .visit_id = visit->id, .engineer_id = crew->engineer_ids [i],
            .work_order_id = visit->work_order_id, .work_starts_at = visit->work_starts_at,
            .reason = (char *) reason, .request_id = trip->order->request_id));
}
