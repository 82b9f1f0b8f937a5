/* depot.c - a customer's unit in the depot: received, repaired or decided otherwise, shipped back (C19). It is the
 * customer's own and never stock. */
#include "inventory.h"
#include "valid.h"
#include <string.h>

ENTITY_TABLE (depot_repair, DEPOT_REPAIR_FIELDS, "request_id", "open_unit");

static const char *const s_state_names [] = {
    [DEPOT_RECEIVED] = "in the depot", [DEPOT_COMPLETED] = "done", [DEPOT_SHIPPED] = "shipped" };

/* ---- received */

/* What tells one unit from another: the asset, else item and serial. */
static char *
s_unit (tx_t *tx, const receive_depot_unit_t *command)
{
    return is_empty (command->asset_id) ? tx_printf (tx, "%s/%s", command->item_id, command->serial)
        : command->asset_id;
}

static bool
s_says_what (tx_t *tx, const receive_depot_unit_t *command)
{
    if (!valid_id (tx, "depot_repair_id", command->depot_repair_id)
        || !valid_id (tx, "request_id", command->request_id) || !valid_id (tx, "customer_id", command->customer_id)
        || !valid_optional_id (tx, "asset_id", command->asset_id)
        || !valid_optional_id (tx, "item_id", command->item_id)
        || !valid_text (tx, "serial", command->serial, 0, 100) || !valid_text (tx, "fault", command->fault, 0, 500)
        || (command->received_at && !valid_past (tx, "received_at", command->received_at)))
        return false;
    if (!is_empty (command->asset_id) || !is_empty (command->serial))
        return true;
    return tx_reject (tx, "unit.missing", "which unit? give asset_id, or serial"), false;
}

static bool
s_place_is_depot (tx_t *tx, const receive_depot_unit_t *command)
{
    location_t *location = location_of_stock (tx, "location_id", command->location_id);
    if (!location)
        return false;
    if (location->kind == LOCATION_KIND_WAREHOUSE)
        return true;
    return tx_reject (tx, "location.no_depot", "%s is %s: a depot is a warehouse", location->id,
        enum_name (&location_kind_descriptor, location->kind)), false;
}

/* Neither the request has a unit yet, nor is the unit here for another one. */
static bool
s_is_free (tx_t *tx, const receive_depot_unit_t *command)
{
    EACH (depot_repair, other, tx_find (tx, depot_repair, request_id, command->request_id))
        return tx_reject (tx, "depot_repair.request",
            "request %s has depot repair %s: make a request for each unit", command->request_id, other->id), false;
    EACH (depot_repair, other, tx_find (tx, depot_repair, open_unit, s_unit (tx, command)))
        return tx_reject (tx, "depot_repair.open", "the unit is in the depot for request %s: ship it back first",
            other->request_id), false;
    return true;
}

static bool
s_is_repeated (tx_t *tx, const receive_depot_unit_t *command)
{
    depot_repair_t *known = tx_get (tx, depot_repair, command->depot_repair_id);
    if (!known)
        return false;
    if (strcmp (known->request_id, command->request_id) == 0)
        tx_accept (tx, known->id);
    else
        tx_reject (tx, "depot_repair.other", "depot repair %s is of request %s: give another id", known->id,
            known->request_id);
    return true;
}

void
on_receive_depot_unit (tx_t *tx, const receive_depot_unit_t *command)
{
    if (!s_says_what (tx, command) || s_is_repeated (tx, command) || !s_place_is_depot (tx, command)
        || !s_is_free (tx, command))
        return;
    depot_repair_t *self = tx_put (tx, depot_repair, {
        .id = command->depot_repair_id, .request_id = command->request_id, .customer_id = command->customer_id,
        .asset_id = command->asset_id, .item_id = command->item_id, .serial = command->serial,
        .location_id = command->location_id, .open_unit = s_unit (tx, command), .state = DEPOT_RECEIVED,
        .received_at = command->received_at ? command->received_at : tx_now (tx) });
    tx_accept (tx, self->id);
    tx_correlate (tx, self->request_id);
    tx_emit_at (tx, self->received_at, depot_repair_received (
        .depot_repair_id = self->id, .request_id = self->request_id, .customer_id = self->customer_id,
        .asset_id = self->asset_id, .item_id = self->item_id, .serial = self->serial,
        .location_id = self->location_id, .received_at = self->received_at, .fault = command->fault));
}

/* ---- done, and on its way */

/* The repair, in the state that a step begins from and not before the step before; else rejects. */
static depot_repair_t *
s_in_state (tx_t *tx, const char *id, depot_state_t state, int64_t at)
{
    depot_repair_t *self = tx_get (tx, depot_repair, id);
    int64_t before_at = self ? self->completed_at ? self->completed_at : self->received_at : 0;
    if (!self)
        tx_reject (tx, "depot_repair.unknown", "no depot repair %s: receive the unit first", id);
    else if (self->state != (int) state)
        tx_reject (tx, "depot_repair.state", "depot repair %s is %s, not %s", id, s_state_names [self->state],
            s_state_names [state]);
    else if (at < before_at)
        tx_reject (tx, "depot_repair.order", "%lld is before the step before it, at %lld: correct the instant",
            (long long) at, (long long) before_at);
    else
        return self;
    return NULL;
}

static bool
s_goes_back (int outcome)
{
    return outcome == DEPOT_OUTCOME_REPAIRED || outcome == DEPOT_OUTCOME_REPLACED;
}

static bool
s_outcome_valid (tx_t *tx, const complete_depot_repair_t *command)
{
    bool is_replaced = command->outcome == DEPOT_OUTCOME_REPLACED;
    return valid_enum (tx, "outcome", &depot_outcome_descriptor, (int) command->outcome)
        && valid_text (tx, "replacement_serial", command->replacement_serial, is_replaced, is_replaced ? 100 : 0)
        && valid_text (tx, "note", command->note, 0, 500)
        && (!command->completed_at || valid_past (tx, "completed_at", command->completed_at));
}

void
on_complete_depot_repair (tx_t *tx, const complete_depot_repair_t *command)
{
    int64_t at = command->completed_at ? command->completed_at : tx_now (tx);
    depot_repair_t *self = s_outcome_valid (tx, command)
        ? s_in_state (tx, command->depot_repair_id, DEPOT_RECEIVED, at) : NULL;
    if (!self)
        return;
    self->state = DEPOT_COMPLETED;
    self->outcome = (int) command->outcome;
    self->replacement_serial = command->replacement_serial;
    self->completed_at = at;
    if (!s_goes_back (self->outcome))
        self->open_unit = "";
    tx_accept (tx, self->id);
    tx_correlate (tx, self->request_id);
    tx_emit_at (tx, at, depot_repair_completed (
        .depot_repair_id = self->id, .request_id = self->request_id, .customer_id = self->customer_id,
        .asset_id = self->asset_id, .serial = self->serial, .outcome = command->outcome,
        .replacement_serial = self->replacement_serial, .note = command->note, .completed_at = at));
}

void
on_ship_depot_unit (tx_t *tx, const ship_depot_unit_t *command)
{
    int64_t at = command->shipped_at ? command->shipped_at : tx_now (tx);
    if (!valid_text (tx, "carrier", command->carrier, 0, 100)
        || !valid_text (tx, "tracking_number", command->tracking_number, 0, 100)
        || (command->shipped_at && !valid_past (tx, "shipped_at", command->shipped_at)))
        return;
    depot_repair_t *self = s_in_state (tx, command->depot_repair_id, DEPOT_COMPLETED, at);
    if (!self)
        return;
    if (!s_goes_back (self->outcome))
        return tx_reject (tx, "depot_repair.nothing_to_ship", "the unit of depot repair %s was %s: nothing goes back",
            self->id, self->outcome == DEPOT_OUTCOME_SCRAPPED ? "scrapped" : "credited");
    self->state = DEPOT_SHIPPED;
    self->open_unit = "";
    self->shipped_at = at;
    tx_accept (tx, self->id);
    tx_correlate (tx, self->request_id);
    tx_emit_at (tx, at, depot_repair_shipped (
        .depot_repair_id = self->id, .request_id = self->request_id, .customer_id = self->customer_id,
        .asset_id = self->asset_id,
        .serial = is_empty (self->replacement_serial) ? self->serial : self->replacement_serial,
        .carrier = command->carrier, .tracking_number = command->tracking_number, .shipped_at = at));
}
