/* keeper - the second of the bench's two services: applies what the sender says, a row each.
 * in:  ParcelSent      out: nothing; marked parcels are told to the driver      remembers: parcels */
#include "applied.h"
#include "config.h"
#include "parcel.h"

ENTITY_TABLE (parcel, PARCEL_FIELDS);

static void
on_parcel_sent (tx_t *tx, const parcel_sent_t *event)
{
    if (tx_is_taken (tx, parcel, event->parcel_id))
        return tx_fail (tx, "parcel %s came twice", event->parcel_id);
    blob_t body = { event->body.data, event->body.len };
    tx_put (tx, parcel, { .id = event->parcel_id, .sent_us = event->sent_us, .body = body });
    if (event->is_marked)
        tx_effect (tx, tell_driver (.parcel_id = event->parcel_id));
}

/* On the worker's thread, after the commit: the same instant that the peers' receiver notes after its own. */
static const ProtobufCMessage *
perform_tell_driver (arena_t *arena, const tell_driver_t *effect)
{
    static int s_driver = -1;
    (void) arena;
    if (s_driver < 0)
        s_driver = applied_open (config_text ("BENCH_APPLIED", ""));
    applied_tell (s_driver, effect->parcel_id);
    return NULL;
}

static const handler_t handlers [] = {
    EVENT  (sender, parcel_sent, on_parcel_sent),
    EFFECT (tell_driver, perform_tell_driver),
    { 0 }
};

static const entity_t *const entities [] = { &parcel_entity, NULL };

SERVICE (keeper, "keeper", handlers, entities);
