#include "applied.h"
#include <fcntl.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

int64_t
applied_now_us (void)
{
    struct timespec t;
    clock_gettime (CLOCK_MONOTONIC, &t);
    return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

/* Both ways, so that neither side waits for the other to open it. */
int
applied_open (const char *path)
{
    return open (path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

void
applied_tell (int pipe, const char *id)
{
    applied_t applied = { .at_us = applied_now_us () };
    snprintf (applied.id, sizeof applied.id, "%s", id);
    if (write (pipe, &applied, sizeof applied) < 0)
        return;                         /* nobody listens */
}

bool
applied_hear (int pipe, applied_t *ret_applied)
{
    return read (pipe, ret_applied, sizeof *ret_applied) == sizeof *ret_applied;
}
