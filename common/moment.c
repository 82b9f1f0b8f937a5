#include "moment.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

static int64_t
s_clock (clockid_t clock)
{
    struct timespec t;
    clock_gettime (clock, &t);
    return (int64_t) t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t moment_now (void) { return s_clock (CLOCK_REALTIME); }
int64_t moment_steady (void) { return s_clock (CLOCK_BOOTTIME); }

void
moment_print (int64_t at, char ret_text [MOMENT_SIZE])
{
    time_t seconds = (time_t) (at >= 0 ? at / 1000 : (at - 999) / 1000);
    struct tm tm;
    gmtime_r (&seconds, &tm);
    snprintf (ret_text, MOMENT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (tm.tm_year + 1900) % 10000,
        tm.tm_mon + 1, tm.tm_mday,
              tm.tm_hour, tm.tm_min, tm.tm_sec, (int) (at - (int64_t) seconds * 1000) % 1000);
}

static bool
s_offset (const char *text, int *ret_minutes)
{
    int hours, minutes, used = 0;
    *ret_minutes = 0;
    if (strcmp (text, "Z") == 0 || strcmp (text, "z") == 0)
        return true;
    if ((*text != '+' && *text != '-') || sscanf (text + 1, "%2d:%2d%n", &hours, &minutes, &used) != 2
        || text [1 + used])
        return false;
    *ret_minutes = (*text == '-' ? -1 : 1) * (hours * 60 + minutes);
    return hours < 24 && minutes < 60;
}

bool
moment_read (const char *text, int64_t *ret_at)
{
    struct tm tm = { 0 };
    int used = 0, offset;
    if (sscanf (text, "%4d-%2d-%2d%*1[Tt ]%2d:%2d:%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &tm.tm_hour, &tm.tm_min,
                &tm.tm_sec, &used) != 6 || !used)
        return false;
    int ms = 0, scale = 100;
    const char *rest = text + used;
    if (*rest == '.')
        for (rest++; *rest >= '0' && *rest <= '9'; rest++, scale /= 10)
            ms += (*rest - '0') * scale;
    struct tm given = tm;
    tm.tm_year -= 1900;
    tm.tm_mon--;
    int64_t at = (int64_t) timegm (&tm) * 1000 + ms;
    if (tm.tm_mon + 1 != given.tm_mon || tm.tm_mday != given.tm_mday || tm.tm_hour != given.tm_hour
        || tm.tm_min != given.tm_min || tm.tm_sec != given.tm_sec || !s_offset (rest, &offset))
        return false;
    *ret_at = at - (int64_t) offset * 60000;
    return true;
}
