/* sla - promises on paper: cases read from a file, computed with the calendar the services use, and shown with the
 * walk; and what the sla-watchdog knows of those that run. */
#pragma once
#include "arena.h"
#include "calendar/budget.h"
#include "calendar/ledger.h"
#include "json.h"
#include "messages.h"

/* What runs out: open time, or working days. */
typedef struct {
    bool in_days;
    int64_t ms, days;
    budget_mode_t mode;
} sla_budget_t;

typedef struct {
    calendar_t *calendar;
    int64_t start_at;
    sla_budget_t budget;
    interval_t *pauses;
    size_t pause_count;
} sla_promise_t;

typedef struct {
    const char *id;
    sla_promise_t promise;
    int64_t due_at, breach_at;          /* expected; CALENDAR_NEVER: it never comes */
    bool has_breach_at;
} sla_case_t;

typedef struct {
    const char *name;
    calendar_t *calendar;
} sla_calendar_t;

typedef struct {
    sla_calendar_t *calendars;          /* the first is 24x7 */
    size_t calendar_count;
    sla_case_t *cases;
    size_t case_count;
} sla_file_t;

enum { SLA_PAUSES_MAX = 1000, SLA_BUDGET_YEARS_MAX = 100 };

/* sla_file.c: the calendars and cases of a JSON file. False with a sentence: where in the file, the value, what to do.
 * Texts live in the arena; calendars until sla_file_free, also after a failure. */
bool sla_file_parse (arena_t *arena, const char *text, size_t size, sla_file_t *ret_file, char error [512]);
/* sla_read.c: the same from a path, "-" is standard input. */
bool sla_file_read (arena_t *arena, const char *path, sla_file_t *ret_file, char error [512]);
void sla_file_free (sla_file_t *self);
/* NULL: no such name. */
calendar_t *sla_file_calendar (const sla_file_t *self, const char *name);

/* sla_text.c: RFC 3339 and nothing else, years 1970 to 2397, to the millisecond. */
bool sla_moment_read (const char *text, int64_t *ret_at);
/* "2h30m", "1.5s", "5wd" (same time of day), "5wd-end" (closing time). */
bool sla_budget_read (const char *text, sla_budget_t *ret_budget);
enum { SLA_TEXT_SIZE = 80 };
/* "8h 30m"; "Mon 2026-06-08 17:00"; "2026-06-08T15:00:00.000Z" or "never". They return the buffer. */
char *sla_duration_print (int64_t ms, char text [SLA_TEXT_SIZE]);
char *sla_local_print (const zone_t *zone, int64_t at, char text [SLA_TEXT_SIZE]);
char *sla_moment_print (int64_t at, char text [SLA_TEXT_SIZE]);
/* Control characters of a stranger's text become "?", in place. */
char *sla_text_tame (char *text);

deadline_t sla_promise_deadline (const sla_promise_t *self);

/* sla_ask.c: the answer to a query of the sla-watchdog, in the arena; NULL, said to the user and *ret_code: none. Frees
 * the query. */
const ProtobufCMessage *sla_ask (arena_t *arena, const char *name, json_t *query,
    const ProtobufCMessageDescriptor *answer, int *ret_code);

int sla_check (int argc, char **argv);
int sla_due (int argc, char **argv);
int sla_explain (int argc, char **argv);
int sla_months (int argc, char **argv);
