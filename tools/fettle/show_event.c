/* show_event - the envelope: as a CloudEvent, as a line, and whether it is wanted. */
#include "base64.h"
#include "moment.h"
#include "show.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

static void
s_set (json_t *object, const char *name, const char *value)
{
    if (value && *value)
        json_object_set_new (object, name, json_string (value));
}

static void
s_set_number (arena_t *arena, json_t *object, const char *name, int64_t value)
{
    s_set (object, name, arena_printf (arena, "%lld", (long long) value));
}

static void
s_set_data (arena_t *arena, json_t *object, const bus_event_t *event)
{
    ProtobufCMessage *message = show_open (arena, event->type, event->data.data, event->data.len);
    s_set (object, "datacontenttype", message ? "application/json" : "application/protobuf");
    if (message)
        json_object_set_new (object, "data", json_value_from_message (message, 0));
    else
        s_set (object, "data_base64", base64_encode (arena, event->data.data, event->data.len));
}

json_t *
show_cloud_event (arena_t *arena, const bus_event_t *event)
{
    char time [MOMENT_SIZE], recorded [MOMENT_SIZE];
    json_t *object = json_object ();
    moment_print (event->time, time);
    moment_print (event->recorded, recorded);
    s_set (object, "specversion", "1.0");
    s_set (object, "id", event->id);
    s_set (object, "source", arena_printf (arena, "/fettle/%s", event->source));
    s_set (object, "type", event->type);
    s_set (object, "subject", event->subject);
    s_set (object, "time", time);
    s_set (object, "recordedtime", recorded);
    s_set_number (arena, object, "sequence", event->sequence);
    s_set (object, "correlationid", event->correlation_id);
    s_set (object, "causationid", event->causation_id);
    s_set (object, "traceparent", event->traceparent);
    s_set (object, "actor", event->actor);
    s_set_number (arena, object, "epoch", event->epoch);
    s_set_data (arena, object, event);
    return object;
}

static void
s_line (arena_t *arena, const bus_event_t *event)
{
    ProtobufCMessage *message = show_open (arena, event->type, event->data.data, event->data.len);
    const char *fields = message ? show_fields (arena, message, (const char *[]) { event->subject,
        NULL }) : "(of a type this version does not know)";
    printf ("%s  %-12s  %-24s  %s%s%s\n", show_clock (arena, event->time), event->source, show_type (event->type),
        event->subject,
            *fields ? "  " : "", fields);
}

bool
show_event (arena_t *arena, const bus_event_t *event, bool as_json)
{
    if (as_json) {
        json_t *object = show_cloud_event (arena, event);
        printf ("%s\n", json_print (arena, object, 0));
        json_decref (object);
    } else
        s_line (arena, event);
    return !ferror (stdout);
}

bool
show_has_prefix (const char *type, const char *prefix)
{
    static const char project [] = "fettle.";
    size_t length = strlen (prefix);
    return strncasecmp (type, prefix, length) == 0 || strncasecmp (type + sizeof project - 1, prefix, length) == 0
        || strncasecmp (show_type (type), prefix, length) == 0;
}
