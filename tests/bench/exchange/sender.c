/* sender - the first of the bench's two services: takes parcels, a row and an event each.
 * in:  SendParcel      out: ParcelSent      remembers: parcels      rebuilds: nothing */
#include "parcel.h"

ENTITY_TABLE (parcel, PARCEL_FIELDS);

static void
on_send_parcel (tx_t *tx, const send_parcel_t *command)
{
    if (tx_is_taken (tx, parcel, command->parcel_id))
        return tx_reject (tx, "parcel.exists", "parcel %s was sent before: give each an id of its own",
            command->parcel_id);
    blob_t body = { command->body.data, command->body.len };
    tx_put (tx, parcel, { .id = command->parcel_id, .sent_us = command->sent_us, .body = body });
    tx_emit (tx, parcel_sent (.parcel_id = command->parcel_id, .sent_us = command->sent_us,
                              .is_marked = command->is_marked, .body = command->body));
    tx_accept (tx, command->parcel_id);
}

static const handler_t handlers [] = {
    COMMAND (send_parcel, on_send_parcel),
    { 0 }
};

static const entity_t *const entities [] = { &parcel_entity, NULL };

SERVICE (sender, "sender", handlers, entities);
