/* A feed of holidays from a stranger: what is read must be written and read again as the same holidays. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "calendar/ics.h"
#include "utf8.h"

int LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size);

typedef struct {
    ics_holiday_t *holidays;
    size_t count;
    char error [ICS_ERROR_SIZE];
} feed_t;

static bool
s_read (const char *text, size_t size, feed_t *ret_feed)
{
    *ret_feed = (feed_t) { 0 };
    return ics_read (text, size, date_parse ("2026-01-01"), date_parse ("2027-12-31"), &ret_feed->holidays,
        &ret_feed->count, ret_feed->error);
}

static void
s_check_same (const ics_holiday_t *a, const ics_holiday_t *b)
{
    if (a->date != b->date || a->hours_count != b->hours_count || strcmp (a->name, b->name) != 0
        || memcmp (a->hours, b->hours, a->hours_count * sizeof *a->hours) != 0)
        abort ();
}

static void
s_check_again (const feed_t *feed)
{
    feed_t again;
    char *text = ics_write ("fuzz", feed->holidays, feed->count);
    if (!text || !s_read (text, strlen (text), &again) || again.count != feed->count)
        abort ();
    for (size_t i = 0; i < feed->count; i++) {
        if (!utf8_is_valid (feed->holidays [i].name, strlen (feed->holidays [i].name)))
            abort ();
        s_check_same (&feed->holidays [i], &again.holidays [i]);
    }
    free (again.holidays);
    free (text);
}

/* Whatever was accepted can be put into a calendar. */
static void
s_check_calendar (const feed_t *feed)
{
    calendar_t *calendar = calendar_new ("Europe/Rome");
    calendar_weekly_add (calendar, DATE_MONDAY, DATE_HM (8, 0), DATE_HM (18, 0));
    ics_apply (calendar, feed->holidays, feed->count);
    if (calendar_seal (calendar))
        abort ();
    calendar_destroy (&calendar);
}

int
LLVMFuzzerTestOneInput (const uint8_t *bytes, size_t size)
{
    feed_t feed;
    if (s_read ((const char *) bytes, size, &feed)) {
        s_check_again (&feed);
        s_check_calendar (&feed);
    } else if (!feed.error [0] || !utf8_is_valid (feed.error, strlen (feed.error)))
        abort ();
    free (feed.holidays);
    return 0;
}
