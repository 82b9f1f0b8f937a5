/* plan_lines - text of lines and numbers, read strictly: the first thing that is not as expected ends it with its line
 * (longjmp to `refused`). */
#pragma once
#include "arena.h"
#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PLAN_LINE_MAX = 100000 };

typedef struct {
    const char *next, *end;             /* what is not read yet */
    char *line;                         /* the present one, PLAN_LINE_MAX + 1 bytes */
    const char *at;                     /* in it */
    int number;
    char *error;                        /* 512 bytes */
    jmp_buf refused;
} plan_lines_t;

void plan_lines_open (plan_lines_t *self, arena_t *arena, const char *text, size_t size, char error [512]);
_Noreturn void plan_lines_refuse (plan_lines_t *self, const char *format, ...) __attribute__ ((format (printf, 2, 3)));
/* The next line that is not blank; false: there is none. */
bool plan_lines_next (plan_lines_t *self);
/* The next line, which must be there: the text ends else before `what`. */
void plan_lines_must (plan_lines_t *self, const char *what);
/* The name that the text may begin with, in the arena, and the line after it, as plan_lines_heading; "" when it begins
 * with that line. */
const char *plan_lines_name (plan_lines_t *self, arena_t *arena, const char *heading);
/* A line that must be there, with exactly these words, which one space separates; case does not matter. */
void plan_lines_heading (plan_lines_t *self, const char *words);
/* What is left of the line, for people: no control characters, all of it text; in the arena. */
const char *plan_lines_rest (plan_lines_t *self, arena_t *arena);
/* A number of at most so many decimals, as whole number of its last; from min to max in whole units. */
int64_t plan_lines_decimal (plan_lines_t *self, const char *what, int decimals, int64_t min, int64_t max);
int64_t plan_lines_whole (plan_lines_t *self, const char *what, int64_t min, int64_t max);
/* "[1,2,3]": at most `most` whole numbers from min to max; returns how many. */
int plan_lines_list (plan_lines_t *self, const char *what, int64_t min, int64_t max, int most, int32_t *ret_values);
/* Nothing more is on this line; nothing more is in the text. */
void plan_lines_line_end (plan_lines_t *self);
