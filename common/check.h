/* check - a bug ends the process here and now, with the condition that did not hold. Always compiled in. */
#pragma once

_Noreturn void check_failed (const char *condition, const char *file, int line, const char *function);

#define check(condition) \
    ((condition) ? (void) 0 : check_failed (#condition, __FILE__, __LINE__, __func__))
