/* options - the arguments of a command: options wherever they stand, operands in their order. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

typedef enum { OPTION_FLAG, OPTION_TEXT, OPTION_INT, OPTION_LIST } option_kind_t;

enum { OPTION_LIST_MAX = 100 };
typedef struct { const char *values [OPTION_LIST_MAX]; int count; } option_list_t;

/* value: a bool, const char *, int64_t or option_list_t that keeps what it has when the option is not given. INT:
 * from min to max. LIST: may be given several times. */
typedef struct {
    const char *name;           /* "--json" */
    option_kind_t kind;
    void *value;
    int64_t min, max;
} option_t;

/* Takes "--name", "--name VALUE", "--name=VALUE" out of the arguments; after "--" all are operands. Operands are
 * then argv [1] and on, argv [0] stays. Returns how many, or -1 after it has said what was wrong (exit code
 * EXIT_USAGE). options ends with { 0 }. */
int options_take (int argc, char **argv, const option_t *options);

/* An option's instant (RFC 3339, or milliseconds since 1970); false after it has said what was wrong. NULL is 0. */
bool options_moment (const char *command, const char *name, const char *text, int64_t *ret_at);
