/* letter - the rows of dead_letter in all schemas. A letter's name is "<service>:<number>". */
#pragma once
#include "client.h"
#include "json.h"

typedef struct {
    char *service, *name;
    int64_t id, received_at, sequence;
    char *origin, *source, *message_id, *type, *correlation_id, *reason, *state;
    blob_t body;
} letter_row_t;

/* NULL: any. reason: a part of it. type: a part of its name. state: "all" is any. */
typedef struct { const char *service, *reason, *type, *state; } letter_filter_t;

bool letter_is_state (const char *state);
/* Can the tables be read? Else a sentence. */
bool letter_check (db_t *db, char error [512]);
/* The oldest first; in the arena. */
letter_row_t *letter_list (db_t *db, arena_t *arena, const letter_filter_t *filter, int *ret_count);
/* By name, or by number when service is given or only one letter has it. NULL with a sentence. */
letter_row_t *letter_find (db_t *db, arena_t *arena, const char *name, const char *service, char error [512]);
/* From dead to another state; from retry to dropped too. False with a sentence: it is in another one. */
bool letter_mark (db_t *db, const letter_row_t *row, const char *state, char error [512]);
/* with_body: the message, or its bytes in base64 when they can not be read. To be json_decref'd. */
json_t *letter_json (arena_t *arena, const letter_row_t *row, bool with_body);
