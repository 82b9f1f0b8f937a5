/* resync - a publisher that was restored to an earlier state, and consumers that had heard more.
 *
 * The numbers that were given before are closed: for each number up to the highest that anybody has seen the publisher
 * gets an EventLost in its outbox, and goes on above. So no number ever stands for two things. A consumer that comes to
 * such a number finds it and goes on. If the publisher has said other things under those numbers meanwhile, the
 * consumer is set back to the last event that both know, and reads from there. */
#pragma once
#include "db.h"

typedef struct {
    const char *publisher;
    int64_t given;              /* numbers known to have been given, from the state before the restore; 0: unknown */
    const char *backup_id;      /* "" unknown */
    bool dry_run;
} resync_t;

/* Prints what is found and done, in one transaction of its own: false with a sentence, and nothing is changed.
 * ret_found: was there anything to resolve? */
bool resync_run (db_t *db, const resync_t *resync, bool *ret_found, char error [512]);
