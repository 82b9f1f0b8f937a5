/* db_schema - the statements that an entity's declaration makes, and whether the schema is what it declares. */
#pragma once
#include "arena.h"
#include "db.h"

/* Prepares <entity>.<*|key|index|insert|update|delete>; their names live in the arena. Errors show at the next
 * db_commit. */
void db_schema_prepare (db_t *db, arena_t *names, const entity_t *entity);
/* Prepares what every service needs: fence, segment, cursor, timer_set ... */
void db_schema_prepare_common (db_t *db);
/* The name under which s_prepare made a statement: valid as long as the arena. */
const char *db_schema_name (arena_t *names, const entity_t *entity, const char *what);
/* The statement for pages of an index; its last column is the number of the page asked for, from 1. */
const char *db_schema_page_name (arena_t *names, const entity_t *entity, const char *index);
/* False with a sentence when a column is missing or of another type. */
bool db_schema_fits (db_t *db, const entity_t *entity, char error [512]);
