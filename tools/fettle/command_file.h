/* command_file - files of commands: {"commands": [{"type": "RegisterSite", "data": {...}, "id": "optional"}, ...]}.
 * */
#pragma once
#include "client.h"
#include "json.h"

typedef struct {
    const char *file, *service, *type, *id;
    int index;                      /* in its file, from 1 */
    bus_command_t *command;
} listed_command_t;

/* All in the arena of the calls. wrong: mistakes that were printed. */
typedef struct {
    listed_command_t *commands;
    int count, capacity, wrong;
} command_list_t;

/* Adds the commands of a file, or of all *.json of a directory in order of their names. Prints every mistake it
 * finds. False: the path can not be read. actor NULL: the user. */
bool command_list_read (command_list_t *self, arena_t *arena, const char *path, const char *actor);

/* Any number of JSON values behind each other (so JSON lines too); the elements of arrays are taken singly. An
 * array to be json_decref'd; NULL with a sentence. */
json_t *command_values_read (const char *text, size_t size, char error [512]);
/* All of a file, "-" is standard input; in the arena. NULL with a sentence. */
char *command_text_read (arena_t *arena, const char *path, size_t *ret_size, char error [512]);
