/* db_turn - the statements of a turn beside those of its rows: fence, timers, outbox, dead letters. Each only sends. */
#pragma once
#include "db.h"
#include "store.h"

/* Fails the whole transaction unless the epoch still writes and the sequence follows. last < first: nothing is said.
 * is_unhurried: the commit will not wait for the disk. */
void db_turn_send_fence (db_t *db, arena_t *arena, int64_t epoch, int64_t first, int64_t last, bool is_unhurried);
void db_turn_send_timers (db_t *db, tx_t *tx);
void db_turn_send_events (db_t *db, tx_t *tx, const turn_t *turn);
void db_turn_send_dead (db_t *db, tx_t *tx, const turn_t *turn);
