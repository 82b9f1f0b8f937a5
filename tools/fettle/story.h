/* story - all events of one or several stories, over all services, with what led to what. */
#pragma once
#include "client.h"

typedef struct node_t node_t;
struct node_t {
    const bus_event_t *event;
    const ProtobufCMessage *message;    /* NULL: this version does not know the type */
    /* the event of this story that led to it; NULL: a command, a timer, another story */
    node_t *cause;
    node_t *first_child, *last_child, *next;    /* in order of time */
};

typedef struct {
    const char **roots;         /* correlation ids; ends with NULL */
    int root_count, root_total; /* total: more were found than are told */
    node_t *nodes;              /* in order of time */
    int count;
    const char **known;         /* ids the reader has before him; ends with NULL */
} story_t;

/* The stories that an id belongs to: of a request, work order, visit, report, asset, occurrence, plan, contract,
 * invoice, message, clock, command, event, or whatever an event was about. False with a sentence: nobody knows it,
 * or the tables can not be read (then *ret_is_lost). All in the arena. */
bool story_read (db_t *db, arena_t *arena, const char *id, story_t *ret_story, bool *ret_is_lost, char error [512]);

/* roots as a parameter for "= any ($1::text[])". */
char *story_array (arena_t *arena, const char *const *ids);
