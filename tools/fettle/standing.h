/* standing - how the things of a story stand now, as the services' tables say. */
#pragma once
#include "json.h"
#include "story.h"

/* Prints a section for each kind of thing there is. False: the tables can not be read (db_error tells). */
bool standing_print (db_t *db, arena_t *arena, const story_t *story);
/* The same as an object of lists; to be json_decref'd. NULL: the tables can not be read. */
json_t *standing_json (db_t *db, arena_t *arena, const story_t *story);
