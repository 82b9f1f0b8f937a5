/* config - settings from the environment. NAME_FILE names a file whose first line is the value: for secrets. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/* Never NULL; fallback when neither NAME nor NAME_FILE is set. Lives as long as the process. */
const char *config_text (const char *name, const char *fallback);
/* Ends the process with a sentence when the value is no whole number between min and max. */
int64_t config_int (const char *name, int64_t fallback, int64_t min, int64_t max);
bool config_is_on (const char *name);       /* "1", "yes", "true", "on" */
