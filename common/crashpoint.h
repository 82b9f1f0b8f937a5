/* crashpoint - a place where tests let the process die: FETTLE_CRASH_AT=name:nth ends it there with 137, as kill -9
 * would. Compiled in unless the build says RELEASE. Names: message_received, rows_loaded, handlers_run, before_commit,
 * after_commit, before_flush, before_answer, timer_claimed, before_redis, attempt_recorded, provider_answered. */
#pragma once

#ifdef FETTLE_CRASHPOINTS
void crashpoint_reached (const char *name);
#define CRASHPOINT(name) crashpoint_reached (name)
#else
#define CRASHPOINT(name) ((void) 0)
#endif
