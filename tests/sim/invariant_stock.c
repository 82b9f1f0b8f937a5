/* invariant_stock - I4: stock is what its movements add up to, never below nothing, and what is reserved is there and
 * reserved for somebody; I5: a part that is reserved for an order is used, returned, released, or still open. */
#include "invariant.h"
#include <stdio.h>
#include <string.h>

/* One item in one place, by the journal and by the reservations. */
typedef struct { int64_t on_hand, reserved; bool is_touched; } shelf_t;

/* Parts that a report says were used, and those that the journal has taken for it. */
typedef struct { int64_t declared, consumed; bool is_checked; } use_t;

static struct {
    map_t shelves;                  /* "<location>/<item>" */
    map_t once;                     /* documents of the store, "<document>/<item>" -> times */
    map_t uses;                     /* "<report>/<item>" */
    map_t needed;                   /* order -> pieces */
    char *touched [256];
    int touched_count;
    int64_t moves_said, moves_written;
} s_stock;

static void
s_begin (sim_t *sim)
{
    (void) sim;
    memset (&s_stock, 0, sizeof s_stock);
}

static shelf_t *
s_shelf (const char *location_id, const char *item_id)
{
    char key [200];
    snprintf (key, sizeof key, "%s/%s", location_id, item_id);
    shelf_t *shelf = invariant_thing (&s_stock.shelves, key, sizeof *shelf);
    if (!shelf->is_touched && s_stock.touched_count < 256) {
        shelf->is_touched = true;
        s_stock.touched [s_stock.touched_count++] = arena_strdup (invariant_arena (), key);
    }
    return shelf;
}

static use_t *
s_use (const char *report_id, const char *item_id)
{
    char key [200];
    snprintf (key, sizeof key, "%s/%s", report_id, item_id);
    return invariant_thing (&s_stock.uses, key, sizeof (use_t));
}

/* ---- what is said */

static void
s_moved (sim_t *sim, const stock_moved_t *moved)
{
    static const char *const once [] = { "in-", "move-", "count-", "opening-" };
    char key [200];
    s_stock.moves_said++;
    s_shelf (moved->from_location_id, moved->item_id)->on_hand -= moved->quantity;
    s_shelf (moved->to_location_id, moved->item_id)->on_hand += moved->quantity;
    if (moved->quantity <= 0)
        sim_fail (sim, "I4", "move %s carries %lld of %s", moved->move_id, (long long) moved->quantity, moved->item_id);
    snprintf (key, sizeof key, "%s/%s", moved->document_id, moved->item_id);
    for (size_t i = 0; i < sizeof once / sizeof *once; i++)
        if (strncmp (moved->document_id, once [i], strlen (once [i])) == 0
            && ++*invariant_number (&s_stock.once, key) > 1)
            sim_fail (sim, "I4", "document %s has moved %s twice", moved->document_id, moved->item_id);
}

static void
s_needed (const work_order_created_t *created)
{
    int64_t *pieces = invariant_number (&s_stock.needed, created->work_order_id);
    for (size_t i = 0; i < created->n_parts; i++)
        *pieces += created->parts [i]->quantity;
}

/* Everything that the order needs, or something in its place, or nothing. */
static void
s_made (sim_t *sim, const reservation_made_t *made)
{
    int64_t kept = 0, needed = *invariant_number (&s_stock.needed, made->work_order_id);
    for (size_t i = 0; i < made->n_parts; i++)
        kept += made->parts [i]->quantity;
    if (kept != needed)
        sim_fail (sim, "I5", "order %s needs %lld pieces, and %lld are kept for it", made->work_order_id,
            (long long) needed, (long long) kept);
}

static void
s_event (sim_t *sim, const sim_commit_t *commit, const bus_event_t *event, const ProtobufCMessage *body)
{
    (void) commit, (void) event;
    if (IS (body, stock_moved))
        return s_moved (sim, (const stock_moved_t *) body);
    if (IS (body, work_order_created))
        return s_needed ((const work_order_created_t *) body);
    if (IS (body, reservation_made))
        return s_made (sim, (const reservation_made_t *) body);
    if (IS (body, parts_declared_used)) {
        const parts_declared_used_t *declared = (const parts_declared_used_t *) body;
        for (size_t i = 0; i < declared->n_parts; i++)
            s_use (declared->report_id, declared->parts [i]->item_id)->declared += declared->parts [i]->quantity;
    } else if (IS (body, part_consumed)) {
        const part_consumed_t *consumed = (const part_consumed_t *) body;
        use_t *use = s_use (consumed->report_id, consumed->item_id);
        use->consumed += consumed->quantity;
        use->is_checked = false;
        if (use->consumed > use->declared)
            sim_fail (sim, "I5", "report %s used %lld of %s, and %lld were taken from stock", consumed->report_id,
                (long long) use->declared, consumed->item_id, (long long) use->consumed);
    }
}

/* ---- what is written */

static void
s_reserve (const entity_t *entity, const void *row, int sign)
{
    if (!row)
        return;
    const char *item_id = sim_text (entity, row, "item_id"), *van_id = sim_text (entity, row, "van_location_id");
    int64_t out = sim_int (entity, row, "issued") - sim_int (entity, row, "used") - sim_int (entity, row, "returned");
    s_shelf (sim_text (entity, row, "location_id"), item_id)->reserved += sign * sim_int (entity, row, "kept");
    if (!is_empty (van_id))
        s_shelf (van_id, item_id)->reserved += sign * out;
}

static void
s_reservation (sim_t *sim, const entity_t *entity, const void *row)
{
    int64_t quantity = sim_int (entity, row, "quantity"), kept = sim_int (entity, row, "kept"),
            released = sim_int (entity, row, "released"), issued = sim_int (entity, row, "issued"),
            used = sim_int (entity, row, "used"), returned = sim_int (entity, row, "returned");
    if (kept + released + issued != quantity || used + returned > issued || kept < 0 || released < 0 || issued < 0
        || used < 0 || returned < 0)
        sim_fail (sim, "I5", "reservation %s of %lld: kept %lld, released %lld, issued %lld, used %lld, returned %lld",
            entity_key (entity, row), (long long) quantity, (long long) kept, (long long) released, (long long) issued,
            (long long) used, (long long) returned);
}

static void
s_row (sim_t *sim, const sim_commit_t *commit, const sim_change_t *change)
{
    const entity_t *entity = change->entity;
    if (commit->service != SIM_INVENTORY)
        return;
    if (strcmp (entity->name, "stock_move") == 0) {
        s_stock.moves_written++;
        if (change->before)
            sim_fail (sim, "I4", "move %s was changed: the journal is only written on",
                entity_key (entity, change->before));
    } else if (strcmp (entity->name, "reservation") == 0) {
        s_reserve (entity, change->before, -1);
        s_reserve (entity, change->after, 1);
        if (change->after)
            s_reservation (sim, entity, change->after);
    } else if (strcmp (entity->name, "stock") == 0 && change->after)
        s_shelf (sim_text (entity, change->after, "location_id"), sim_text (entity, change->after, "item_id"));
}

static void
s_compare (sim_t *sim, const char *key, const shelf_t *shelf)
{
    const entity_t *stock = sim_entity (sim, SIM_INVENTORY, "stock");
    const void *row = sim_row (sim, stock, key);
    int64_t on_hand = row ? sim_int (stock, row, "on_hand") : 0, reserved = row ? sim_int (stock, row, "reserved") : 0;
    int kind = row ? (int) sim_int (stock, row, "kind") : 0;
    if (on_hand != shelf->on_hand)
        sim_fail (sim, "I4", "%s has %lld on hand, its movements add up to %lld", key, (long long) on_hand,
            (long long) shelf->on_hand);
    if (on_hand < 0 && kind != LOCATION_KIND_SUPPLIER && kind != LOCATION_KIND_ADJUSTMENT)
        sim_fail (sim, "I4", "%s has %lld on hand", key, (long long) on_hand);
    if (reserved < 0 || (reserved > 0 && reserved > on_hand))
        sim_fail (sim, "I4", "%s has %lld reserved of %lld on hand", key, (long long) reserved, (long long) on_hand);
    if (reserved != shelf->reserved)
        sim_fail (sim, "I4", "%s has %lld reserved, its reservations add up to %lld", key, (long long) reserved,
            (long long) shelf->reserved);
}

static void
s_commit (sim_t *sim, const sim_commit_t *commit)
{
    if (commit->service != SIM_INVENTORY)
        return;
    for (int i = 0; i < s_stock.touched_count; i++) {
        shelf_t *shelf = map_get (&s_stock.shelves, s_stock.touched [i]);
        shelf->is_touched = false;
        s_compare (sim, s_stock.touched [i], shelf);
    }
    s_stock.touched_count = 0;
    if (s_stock.moves_said != s_stock.moves_written)
        sim_fail (sim, "I4", "%lld movements were said and %lld written", (long long) s_stock.moves_said,
            (long long) s_stock.moves_written);
}

/* ---- quiet */

static void
s_is_used (sim_t *sim, const char *key, void *value)
{
    use_t *use = value;
    if (!use->is_checked && use->consumed != use->declared)
        sim_fail (sim, "I5", "report/item %s: %lld used, %lld taken from stock", key, (long long) use->declared,
            (long long) use->consumed);
    use->is_checked = true;
}

static void
s_quiet (sim_t *sim)
{
    const entity_t *reservation = sim_entity (sim, SIM_INVENTORY, "reservation");
    const entity_t *order = sim_entity (sim, SIM_INVENTORY, "work_order");
    for (const void *row = NULL; (row = sim_next (sim, reservation, row));) {
        const void *of = sim_row (sim, order, sim_text (reservation, row, "work_order_id"));
        bool is_over = of && (sim_int (order, of, "completed") || sim_int (order, of, "cancelled"));
        int64_t out = sim_int (reservation, row, "issued") - sim_int (reservation, row, "used")
            - sim_int (reservation, row, "returned");
        if (is_over && sim_int (reservation, row, "kept"))
            sim_fail (sim, "I5", "reservation %s still keeps %lld, and its order is over",
                entity_key (reservation, row), (long long) sim_int (reservation, row, "kept"));
        if (of && sim_int (order, of, "settled") && out)
            sim_fail (sim, "I5", "reservation %s has %lld in a van, and its order is settled",
                entity_key (reservation, row), (long long) out);
    }
    int64_t sum = 0;
    const entity_t *stock = sim_entity (sim, SIM_INVENTORY, "stock");
    for (const void *row = NULL; (row = sim_next (sim, stock, row));)
        sum += sim_int (stock, row, "on_hand");
    if (sum)
        sim_fail (sim, "I4", "all places together have %lld pieces: more came than went", (long long) sum);
    invariant_each (&s_stock.uses, s_is_used, sim);
}

const page_t invariant_stock = { .begin = s_begin, .event = s_event, .row = s_row, .commit = s_commit,
    .quiet = s_quiet };
