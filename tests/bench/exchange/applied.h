/* applied - what tells the driver that a marked message has been applied, and when: a named pipe. Whoever tells never
 * waits for the driver. */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum { APPLIED_ID = 40 };
typedef struct { int64_t at_us; char id [APPLIED_ID]; } applied_t;      /* at_us: the steady clock */

int64_t applied_now_us (void);
int applied_open (const char *path);                    /* -1: it can not be opened */
void applied_tell (int pipe, const char *id);
bool applied_hear (int pipe, applied_t *ret_applied);   /* false: nothing there */
