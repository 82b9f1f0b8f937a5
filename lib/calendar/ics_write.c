/* Holidays written for others. */
#include "ics.h"

#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOURS_PROPERTY  "X-FETTLE-HOURS"

static struct icaltimetype
s_ical_date (int32_t date)
{
    struct icaltimetype time = icaltime_null_date ();
    date_to_ymd (date, &time.year, &time.month, &time.day);
    return time;
}

static void
s_add_hours (icalcomponent *event, const ics_holiday_t *holiday)
{
    char value [ICS_HOURS_MAX * 12 + 1] = "";
    size_t length = 0;
    for (size_t i = 0; i < holiday->hours_count; i++) {
        int start = holiday->hours [i].start_ms / 60000, end = holiday->hours [i].end_ms / 60000;
        length += (size_t) snprintf (value + length, sizeof value - length, "%s%02d:%02d-%02d:%02d",
            i > 0 ? "," : "", start / 60 % 100, start % 60, end / 60 % 100, end % 60);
    }
    icalproperty *property = icalproperty_new_x (value);
    icalproperty_set_x_name (property, HOURS_PROPERTY);
    icalcomponent_add_property (event, property);
}

static void
s_add_event (icalcomponent *root, const ics_holiday_t *holiday)
{
    char uid [64], date [DATE_TEXT_SIZE];
    snprintf (uid, sizeof uid, "holiday-%s@fettle", date_format (holiday->date, date));
    icalcomponent *event = icalcomponent_new_vevent ();
    icalcomponent_add_property (event, icalproperty_new_uid (uid));
    icalcomponent_add_property (event,
        icalproperty_new_dtstamp (
            icaltime_from_timet_with_zone (0, 0, icaltimezone_get_utc_timezone ())));
    icalcomponent_add_property (event, icalproperty_new_dtstart (s_ical_date (holiday->date)));
    icalcomponent_add_property (event, icalproperty_new_dtend (s_ical_date (holiday->date + 1)));
    icalcomponent_add_property (event, icalproperty_new_summary (holiday->name));
    icalcomponent_add_property (event, icalproperty_new_transp (ICAL_TRANSP_TRANSPARENT));
    if (holiday->hours_count > 0)
        s_add_hours (event, holiday);
    icalcomponent_add_component (root, event);
}

char *
ics_write (const char *name, const ics_holiday_t *holidays, size_t count)
{
    icalcomponent *root = icalcomponent_new_vcalendar ();
    icalcomponent_add_property (root, icalproperty_new_version ("2.0"));
    icalcomponent_add_property (root, icalproperty_new_prodid ("-//Fettle//holidays//EN"));
    icalproperty *title = icalproperty_new_x (name);
    icalproperty_set_x_name (title, "X-WR-CALNAME");
    icalcomponent_add_property (root, title);
    for (size_t i = 0; i < count; i++)
        s_add_event (root, &holidays [i]);
    char *text = icalcomponent_as_ical_string_r (root);
    char *copy = text ? strdup (text) : NULL;               /* libical's memory is its own affair */
    if (!copy)
        abort ();
    icalmemory_free_buffer (text);
    icalcomponent_free (root);
    return copy;
}
