/* demo_speak - commands, waiting, and the lines on the terminal. */
#include "demo.h"
#include "calendar/zone.h"
#include "entity.h"
#include "moment.h"
#include "money/money.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { POLL_US = 15000, QUIET_SWEEPS = 3 };

/* ---- lines */

void
demo_pause (demo_t *self, int ms)
{
    if (self->has_pauses)
        usleep ((useconds_t) (ms * 1000 / self->speed));
}

void
demo_print (demo_t *self, const char *colour, const char *mark, const char *text)
{
    if (self->is_silent)
        return;
    if (self->has_colours)
        printf ("  \033[%sm%s\033[0m %s\n", colour, mark, text);
    else
        printf ("  %s %s\n", mark, text);
    fflush (stdout);
}

#define FORMAT(self, format) ({ \
    va_list arguments_; \
    va_start (arguments_, format); \
    char *text_ = arena_vprintf ((self)->arena, format, arguments_); \
    va_end (arguments_); \
    text_; })

void
demo_note (demo_t *self, const char *format, ...)
{
    demo_print (self, "2", " ", FORMAT (self, format));
}

bool
demo_expect (demo_t *self, bool is_so, const char *format, ...)
{
    const char *text = FORMAT (self, format);
    json_array_append_new (self->steps, json_pack ("{s:s, s:b}", "expected", text, "told", is_so));
    demo_print (self, is_so ? "32" : "1;31", is_so ? "[as told]" : "[NOT SO] ", text);
    return is_so;
}

/* ---- small words */

const char *
demo_data (const demo_t *self, const char *id, const char *field)
{
    const char *text = json_string_value (json_object_get (json_object_get (self->data, id),
        field));
    return text ? text : id;
}

const char *
demo_money (demo_t *self, int64_t amount_minor, const char *currency)
{
    money_t money;
    char text [MONEY_TEXT_SIZE];
    if (money_make (amount_minor, currency, &money) != MONEY_OK)
        return arena_printf (self->arena, "%lld %s", (long long) amount_minor, currency);
    return arena_printf (self->arena, "%s %s", money_format (money, (money_style_t) { ".", " " },
        text), currency);
}

const char *
demo_local (demo_t *self, int64_t at)
{
    static const char *const days [] = { "?", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
    static const char *const months [] = { "?", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul",
        "Aug", "Sep", "Oct", "Nov", "Dec" };
    const zone_t *zone = zone_find (self->scene ? self->scene->zone : "UTC", NULL);
    int64_t ms;
    int month, day;
    int32_t date = zone_date (zone ? zone : zone_find ("UTC", NULL), at, &ms);
    date_to_ymd (date, NULL, &month, &day);
    return arena_printf (self->arena, "%s %d %s %02d:%02d:%02d", days [date_weekday (date)], day,
        months [month], (int) (ms / 3600000), (int) (ms / 60000 % 60), (int) (ms / 1000 % 60));
}

/* The part that all names of an enumeration share is left out. */
const char *
demo_short (demo_t *self, const ProtobufCEnumDescriptor *descriptor, int value)
{
    const ProtobufCEnumValue *found = protobuf_c_enum_descriptor_get_value (descriptor, value);
    const ProtobufCEnumValue *none = protobuf_c_enum_descriptor_get_value (descriptor, 0);
    if (!found || !none)
        return "?";
    size_t prefix = strlen (none->name) - strlen ("UNSPECIFIED");
    char *text = arena_strdup (self->arena, found->name + prefix);
    for (char *c = text; *c; c++)
        *c = *c == '_' ? ' ' : (char) tolower ((unsigned char) *c);
    return text;
}

/* ---- commands */

static const bus_reply_t *
s_no_answer (demo_t *self, const char *error)
{
    bus_reply_t *reply = arena_alloc (self->arena, sizeof *reply);
    *reply = (bus_reply_t) { .base = bus_reply_init, .status = STATUS_RETRY };
    reply->code = "no_answer";
    reply->message = arena_strdup (self->arena, error);
    return reply;
}

static bus_command_t
s_command (demo_t *self, const demo_as_t *as, const ProtobufCMessage *message)
{
    char id [37], *packed = arena_alloc (self->arena,
        protobuf_c_message_get_packed_size (message) + 1);
    client_id (id);
    size_t size = protobuf_c_message_pack (message, (uint8_t *) packed);
    const char *actor = as && as->actor ? as->actor : client_actor ();
    return (bus_command_t) {
        .base = bus_command_init, .id = arena_strdup (self->arena, as && as->id ? as->id : id),
        .type = (char *) message->descriptor->name, .data = { size, (uint8_t *) packed },
        .actor = arena_strdup (self->arena, actor), .time = as ? as->time_at : 0,
        .traceparent = "" };
}

const bus_reply_t *
demo_send (demo_t *self, const demo_as_t *as, const ProtobufCMessage *message)
{
    char error [512] = "no such service", service [64];
    bus_command_t command = s_command (self, as, message);
    bus_request_t request = { .base = bus_request_init,
        .body_case = FETTLE__BUS__V1__REQUEST__BODY_COMMAND, .command = &command };
    client_t *client = client_service_of (command.type, service)
        ? watch_client (self->watch, service) : NULL;
    const bus_response_t *response = client ? client_ask (client, self->arena, &request,
        CLIENT_TIMEOUT_MS, error) : NULL;
    if (!response || response->body_case != FETTLE__BUS__V1__RESPONSE__BODY_REPLY)
        return s_no_answer (self, error);
    return response->reply;
}

const char *
demo_do (demo_t *self, const char *actor, const ProtobufCMessage *command, const char *format, ...)
{
    const char *text = FORMAT (self, format);
    demo_settle (self);                         /* what led here is told first */
    demo_print (self, "1", ">", text);
    demo_pause (self, 500);
    const bus_reply_t *reply = demo_send (self, &(demo_as_t) { .actor = actor }, command);
    if (reply->status == STATUS_ACCEPTED)
        return reply->subject;
    demo_expect (self, false, "%s is accepted (it was %s: %s)", command->descriptor->short_name,
        reply->code, reply->message);
    return NULL;
}

const ProtobufCMessage *
demo_ask (demo_t *self, const ProtobufCMessage *question)
{
    const bus_reply_t *reply = demo_send (self, NULL, question);
    const ProtobufCMessageDescriptor *type = registry_find (reply->type ? reply->type : "");
    ProtobufCAllocator allocator = arena_protobuf (self->arena);
    return type ? protobuf_c_message_unpack (type, &allocator, reply->data.len, reply->data.data)
        : NULL;
}

/* ---- events */

void
demo_follow (demo_t *self, const char *root_id)
{
    for (int i = 0; i < self->root_count; i++)
        if (strcmp (self->roots [i], root_id) == 0)
            return;
    if (self->root_count < DEMO_ROOTS_MAX)
        self->roots [self->root_count++] = root_id;
}

static bool
s_is_of (const demo_t *self, const bus_event_t *event, int from)
{
    for (int i = from; i < self->root_count; i++)
        if (strcmp (self->roots [i], event->correlation_id) == 0
            || strcmp (self->roots [i], event->subject) == 0)
            return true;
    return false;
}

bool
demo_is_ours (const demo_t *self, const bus_event_t *event)
{
    return s_is_of (self, event, 0);
}

static const char *
s_colour (const char *source)
{
    static const char *const colours [] = { "36", "33", "35", "34", "32", "90", "31", "37" };
    unsigned sum = 0;
    for (const char *c = source; *c; c++)
        sum += (unsigned char) *c;
    return colours [sum % 8];
}

static void
s_tell_new (demo_t *self)
{
    for (; self->told < watch_count (self->watch); self->told++) {
        const watched_t *event = watch_at (self->watch, self->told);
        const char *text = s_is_of (self, event->envelope, self->scene_root)
            ? demo_tell (self, event) : NULL;
        if (!text)
            continue;
        demo_print (self, s_colour (event->envelope->source),
            arena_printf (self->arena, "  %-12s %-26s", event->envelope->source,
            event->message->descriptor->short_name), text);
        demo_pause (self, 250);
    }
}

/* A request is followed from the moment its id is known; what was said of it before is told then.
 * */
static int
s_sweep (demo_t *self)
{
    char error [512];
    int found = watch_sweep (self->watch, error);
    if (found < 0)
        demo_expect (self, false, "all services answer (%s)", error);
    s_tell_new (self);
    return found;
}

size_t
demo_mark (demo_t *self)
{
    return watch_count (self->watch);
}

const ProtobufCMessage *
demo_await (demo_t *self, const ProtobufCMessageDescriptor *type, const char *field,
const char *value, size_t from)
{
    int64_t until = moment_steady () + DEMO_WAIT_MS;
    const ProtobufCMessage *found;
    while (!(found = watch_find (self->watch, type, field, value, from))
        && moment_steady () < until) {
        if (s_sweep (self) < 0)
            return NULL;
        usleep (POLL_US);
    }
    if (!found)
        demo_expect (self, false, "%s with %s %s is said within %d s", type->short_name, field,
            value, DEMO_WAIT_MS / 1000);
    return found;
}

void
demo_settle (demo_t *self)
{
    for (int quiet = 0; quiet < QUIET_SWEEPS; quiet++) {
        int found = s_sweep (self);
        if (found < 0)
            return;
        if (found > 0)
            quiet = 0;
        usleep (POLL_US);
    }
}
