/* pg_tool - Postgres' own programs, run for a command of ours; a private cluster that sleeps is woken for it. */
#pragma once
#include "db.h"

/* A Postgres that answers: FETTLE_ADMIN_DSN's, or the private one, started for as long as the command lasts. False
 * with a sentence. is_making: a private cluster that is not there yet is made. */
bool pg_tool_wake (bool is_making, char error [512]);
void pg_tool_sleep (void);                              /* stops what wake has started */

/* Connects as administrator to a database of the same server; NULL: the one in the DSN. */
db_t *pg_tool_connect (const char *database, char error [512]);
/* The name of the database in the DSN. */
const char *pg_tool_database (void);
/* The DSN for a database of the same server, in the arena. */
const char *pg_tool_dsn (arena_t *arena, const char *database);

/* Runs pg_dump, pg_restore or psql ([0] is the name); shows `measure` each second on a terminal while it runs: how far
 * it is, as text. False with a sentence that has the program's last words. */
typedef void (pg_tool_measure_fn) (void *closure);
bool pg_tool_run (const char *const *arguments, pg_tool_measure_fn *measure, void *closure, char error [512]);
