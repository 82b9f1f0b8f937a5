/* moment - the clock, and instants as text. Milliseconds since 1970-01-01T00:00:00Z. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { MOMENT_SIZE = 80 };

int64_t moment_now (void);                                      /* of the system clock */
int64_t moment_steady (void);                                   /* ms that only go forward; no date */
void moment_print (int64_t at, char ret_text [MOMENT_SIZE]);    /* "2026-06-08T08:00:00.000Z" */
bool moment_read (const char *text, int64_t *ret_at);           /* RFC 3339 with any offset; false: not one */
