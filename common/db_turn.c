#include "db_turn.h"

void
db_turn_send_fence (db_t *db, arena_t *arena, int64_t epoch, int64_t first, int64_t last, bool is_unhurried)
{
    column_t *columns [] = { column_new (arena, FIELD_int), column_new (arena, FIELD_int),
        column_new (arena, FIELD_int) };
    column_int (columns [0], epoch);
    column_int (columns [1], first);
    column_int (columns [2], last);
    db_send (db, is_unhurried ? "fence_unhurried" : "fence", columns, 3);
}

void
db_turn_send_timers (db_t *db, tx_t *tx)
{
    column_t *set [] = { column_new (tx->arena, FIELD_text), column_new (tx->arena, FIELD_time) };
    column_t *clear = column_new (tx->arena, FIELD_text);
    for (int i = 0; i < tx->timer_count; i++) {
        const timer_op_t *op = tx->timers [i];
        column_text (op->due_at ? set [0] : clear, op->key);
        if (op->due_at)
            column_int (set [1], op->due_at);
    }
    if (column_count (clear))
        db_send (db, "timer_clear", &clear, 1);
    if (column_count (set [0]))
        db_send (db, "timer_set", set, 2);
}

void
db_turn_send_events (db_t *db, tx_t *tx, const turn_t *turn)
{
    if (!turn->segment_count)
        return;
    column_t *segment [] = { column_new (tx->arena, FIELD_int), column_new (tx->arena, FIELD_int),
        column_new (tx->arena, FIELD_time), column_new (tx->arena, FIELD_blob), column_new (tx->arena, FIELD_text),
        column_new (tx->arena, FIELD_int) };
    column_t **trail = segment + 4;
    for (int s = 0; s < turn->segment_count; s++) {
        const segment_t *run = &turn->segments [s];
        column_int (segment [0], run->first_sequence);
        column_int (segment [1], run->last_sequence);
        column_int (segment [2], tx->now);
        column_blob (segment [3], run->events.data, run->events.size);
        for (int i = 0; i < run->correlation_count; i++) {
            column_text (trail [0], run->correlations [i]);
            column_int (trail [1], run->last_sequence);
        }
    }
    db_send (db, "segment", segment, 6);
}

void
db_turn_send_dead (db_t *db, tx_t *tx, const turn_t *turn)
{
    static const field_kind_t kinds [] = { FIELD_text, FIELD_text, FIELD_int, FIELD_text, FIELD_text, FIELD_text,
        FIELD_blob, FIELD_text };
    column_t *c [8];
    for (int i = 0; i < 8; i++)
        c [i] = column_new (tx->arena, kinds [i]);
    for (int i = 0; i < turn->dead_count; i++) {
        const message_t *dead = turn->dead [i];
        column_text (c [0], tx_origin_name (dead->origin));
        column_text (c [1], dead->source ? dead->source : dead->actor);
        column_int (c [2], dead->sequence);
        column_text (c [3], dead->id);
        column_text (c [4], dead->type);
        column_text (c [5], dead->correlation);
        column_blob (c [6], dead->raw.data, dead->raw.size);
        column_text (c [7], dead->dead);
    }
    if (turn->dead_count)
        db_send (db, "dead", c, 8);
    column_t *retried = column_new (tx->arena, FIELD_int);
    for (int i = 0; i < turn->retried_count; i++)
        column_int (retried, turn->retried [i]);
    if (turn->retried_count)
        db_send (db, "retried", &retried, 1);
}
