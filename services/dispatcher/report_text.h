/* report_text - the words of a service report, in the customer's language: the same facts give the
 * same bytes, because a hash of them is what is signed. */
#pragma once
#include <stdbool.h>
#include "arena.h"
#include "messages.h"

typedef struct {
    language_t language;                    /* unspecified: English */
    request_type_t type;
    const char *title;                      /* "" the name of the type of work */
    const char *report_id, *work_order_id, *visit_id;
    int64_t version;
    const char *customer, *site, *address, *asset, *engineer;
    const char *time_zone;                  /* of the site; "" or unknown: UTC */
    int64_t arrived_at, finished_at;
    bool work_remains;
    const issue_service_report_t *said;
} report_facts_t;

/* The text, lines ended by "\n", in the arena. Never NULL. */
char *report_text (arena_t *arena, const report_facts_t *facts);

/* SHA-256 of a text, hex, in the arena. */
char *report_hash (arena_t *arena, const char *text);
