/* json_reader - a file of a person's, value by value. What is not understood is an error that says where, so that
 * nothing is believed to be read that is not. The first error ends it: longjmp to `refused`. */
#pragma once
#include "arena.h"
#include <jansson.h>
#include <setjmp.h>

typedef struct {
    arena_t *arena;
    char *error;                        /* 512 bytes of the caller's */
    char where [256];                   /* "cases[3].due_at" */
    jmp_buf refused;
} json_reader_t;

/* Writes "where: sentence" and does not return. */
_Noreturn void json_reader_refuse (json_reader_t *self, const char *format, ...)
    __attribute__ ((format (printf, 2, 3)));

/* Goes one step down; what it returns goes to json_reader_up. */
size_t json_reader_down (json_reader_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
void json_reader_up (json_reader_t *self, size_t length);

/* The value, when it is of this kind; else it is refused. NULL is refused too. */
const json_t *json_reader_object (json_reader_t *self, const json_t *value);
const json_t *json_reader_array (json_reader_t *self, const json_t *value);
const char *json_reader_text (json_reader_t *self, const json_t *value);
/* A member that must be there. */
const json_t *json_reader_member (json_reader_t *self, const json_t *object, const char *name);
/* An object whose keys are all among these, which end with NULL. */
const json_t *json_reader_only (json_reader_t *self, const json_t *value, const char *const *allowed);
