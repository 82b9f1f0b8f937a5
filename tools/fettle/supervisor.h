/* supervisor - keeps the processes of a machine running: starts again what dies, stops all in order. One a program. */
#pragma once
#include "process.h"

typedef pid_t (supervised_fn) (const char *name, char error [512]);

/* From here on SIGTERM, SIGINT and SIGHUP are requests to stop, which supervisor_step takes. */
void supervisor_init (void);
/* Starts it now, and again whenever it ends. False with a sentence when it can not be started the first time.
 * stop_signal ends it; after patience_ms SIGKILL. Those of the latest stage are stopped first. */
bool supervisor_add (const char *name, int stage, supervised_fn *start, int stop_signal, int patience_ms,
                     char error [512]);
/* Lets timeout_ms pass while it watches. False: stop. */
bool supervisor_step (int timeout_ms);
bool supervisor_is_stopping (void);
/* How often it has ended by itself. */
int supervisor_ends_of (const char *name);
/* Runs something to its end while it watches: its exit code, -1 when stopped or not started. */
int supervisor_run (const process_spec_t *spec, char error [512]);
void supervisor_stop_all (void);
/* "12:34:56  sentence" on standard output. */
void supervisor_say (const char *format, ...) __attribute__ ((format (printf, 1, 2)));
