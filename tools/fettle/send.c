/* send - any command or question to the service that takes it. */
#include "command_file.h"
#include "delivery.h"
#include "fettle.h"
#include "options.h"
#include <stdio.h>
#include <string.h>

typedef struct {
    arena_t *arena;
    const char *id, *actor, *time, *traceparent;
    int64_t time_at, timeout_s, window;
    bool json, lists;
    int timeout_ms, rejected, not_now;
} send_t;

/* ---- what there is to send */

static const char *
s_kind (const ProtobufCFieldDescriptor *field)
{
    static const char *const kinds [] = { "int", "int", "int", "int64", "int64", "int64", "uint", "uint", "uint64",
        "uint64", "float",
                                          "double", "bool", "", "text", "bytes", "" };
    if (field->type == PROTOBUF_C_TYPE_ENUM)
        return ((const ProtobufCEnumDescriptor *) field->descriptor)->short_name;
    if (field->type == PROTOBUF_C_TYPE_MESSAGE)
        return ((const ProtobufCMessageDescriptor *) field->descriptor)->short_name;
    return kinds [field->type];
}

static void
s_print_fields (const ProtobufCMessageDescriptor *type)
{
    char name [JSON_NAME_SIZE];
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields [i];
        json_name (field->name, name);
        printf ("%s%s: %s%s", i ? ", " : "  {", name, s_kind (field), field->label == PROTOBUF_C_LABEL_REPEATED
            ? " []" : "");
    }
    printf (type->n_fields ? "}\n" : "  {}\n");
}

static int
s_list (const char *word)
{
    int found = 0;
    char service [64];
    for (int i = 0; registry_all [i]; i++) {
        const ProtobufCMessageDescriptor *type = registry_all [i];
        bool is_theirs = client_service_of (type->name, service) || strncmp (type->name, "fettle.type.", 12) == 0;
        if (!is_theirs || (word && !strcasestr (type->name, word)))
            continue;
        found++;
        printf ("%s\n", type->name);
        s_print_fields (type);
    }
    return found ? EXIT_OK : fettle_fail (EXIT_NO, "send", "there is no message with %s in its name.", word);
}

/* ---- answers */

static json_t *
s_answer (send_t *self, const bus_reply_t *reply)
{
    const ProtobufCMessageDescriptor *type = registry_find (reply->type);
    ProtobufCAllocator allocator = arena_protobuf (self->arena);
    ProtobufCMessage *answer = type ? protobuf_c_message_unpack (type, &allocator, reply->data.len,
        reply->data.data) : NULL;
    return answer ? json_value_from_message (answer, JSON_PRINT_DEFAULTS) : NULL;
}

static void
s_print_json (send_t *self, const bus_reply_t *reply)
{
    json_t *whole = json_value_from_message (&reply->base, 0), *answer = s_answer (self, reply);
    if (answer)
        json_object_set_new (whole, "data", answer);
    printf ("%s\n", json_print (self->arena, whole, 0));
    json_decref (whole);
}

static void
s_print_line (send_t *self, const bus_reply_t *reply)
{
    const char *status = enum_name (reply->base.descriptor->fields [1].descriptor, reply->status);
    json_t *answer = s_answer (self, reply);
    if (answer) {
        printf ("%s\n", json_print (self->arena, answer, JSON_PRETTY_PRINT));
        json_decref (answer);
        return;
    }
    printf ("%s", status + sizeof "STATUS_" - 1);
    if (reply->status == STATUS_DUPLICATE)
        printf (" (first %s)", enum_name (reply->base.descriptor->fields [1].descriptor,
            reply->first_status) + sizeof "STATUS_" - 1);
    printf ("  %s", reply->id);
    if (*reply->subject)
        printf ("  subject %s", reply->subject);
    if (*reply->code || *reply->message)
        printf ("  %s: %s", reply->code, reply->message);
    putchar ('\n');
}

static int64_t
s_judge (void *closure, delivery_t *delivery)
{
    send_t *self = closure;
    return delivery_retry (&self->timeout_ms, delivery);
}

static void
s_done (void *closure, const delivery_t *delivery)
{
    send_t *self = closure;
    int status = delivery_status (delivery->reply);
    self->rejected += status == STATUS_REJECTED;
    self->not_now += status == STATUS_RETRY;
    if (self->json)
        s_print_json (self, delivery->reply);
    else
        s_print_line (self, delivery->reply);
}

/* ---- sending */

static bool
s_prepare (send_t *self, const char *type, const json_t *message, delivery_t *delivery, char error [512])
{
    if (!json_is_object (message)) {
        snprintf (error, 512, "a message is a JSON object: {\"field\": value, ...}.");
        return false;
    }
    client_command_t asked = { .id = self->id, .type = type, .json = json_print (self->arena, message, 0),
        .actor = self->actor,
                               .traceparent = self->traceparent, .time_at = self->time_at };
    delivery->command = (bus_command_t *) client_command_new (self->arena, &asked, error);
    return delivery->command && delivery_fits (delivery->command, error);
}

static int
s_deliver (send_t *self, delivery_t *deliveries, int count)
{
    char service [64], error [512];
    delivery_rules_t rules = { .window = (int) self->window, .timeout_ms = self->timeout_ms, .judge = s_judge,
        .closure = self,
                               .done = s_done };
    client_service_of (deliveries->command->type, service);
    if (!delivery_run (service, self->arena, deliveries, count, &rules, error))
        return fettle_fail (EXIT_UNREACHABLE, "send", "%s", error);
    if (self->not_now)
        return fettle_fail (EXIT_UNREACHABLE, "send", "%s did not take %d of %d within %d s.", service,
            self->not_now, count,
                            self->timeout_ms / 1000);
    return self->rejected ? EXIT_NO : EXIT_OK;
}

static int
s_send_all (send_t *self, const char *type, const json_t *messages)
{
    char error [512];
    size_t i, count = json_array_size (messages);
    json_t *message;
    delivery_t *deliveries = arena_array (self->arena, count + 1, sizeof *deliveries);
    if (count == 0)
        return fettle_fail (EXIT_USAGE, "send", "there is no message in that: {} is one without fields.");
    if (count > 1 && self->id)
        return fettle_usage ("send", "--id is for one message, these are %zu.", count);
    json_array_foreach (messages, i, message)
        if (!s_prepare (self, type, message, &deliveries [i], error))
            return count > 1 ? fettle_fail (EXIT_USAGE, "send", "message %zu: %s Nothing was sent.", i + 1, error)
                             : fettle_fail (EXIT_USAGE, "send", "%s", error);
    return s_deliver (self, deliveries, (int) count);
}

static int
s_send (send_t *self, const char *type, const char *source)
{
    char error [512];
    size_t size = strlen (source);
    bool is_json = *source == '{' || *source == '[';
    if (!client_type (type, error))
        return fettle_usage ("send", "%s", error);
    const char *text = is_json ? source : command_text_read (self->arena, source, &size, error);
    json_t *messages = text ? command_values_read (text, size, error) : NULL;
    if (!messages)
        return fettle_fail (EXIT_USAGE, "send", "%s", error);
    int code = s_send_all (self, type, messages);
    json_decref (messages);
    return code;
}

int
command_send (int argc, char **argv)
{
    send_t self = { .timeout_s = 10, .window = 256 };
    const option_t options [] = {
        { "--id", OPTION_TEXT, &self.id, 0, 0 },          { "--actor", OPTION_TEXT, &self.actor, 0, 0 },
        { "--time", OPTION_TEXT, &self.time, 0, 0 },      { "--timeout", OPTION_INT, &self.timeout_s, 1, 3600 },
        { "--window", OPTION_INT, &self.window, 1, 4096 }, { "--traceparent", OPTION_TEXT, &self.traceparent, 0, 0 },
        { "--json", OPTION_FLAG, &self.json, 0, 0 },      { "--list", OPTION_FLAG, &self.lists, 0, 0 }, { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0 || !options_moment ("send", "--time", self.time, &self.time_at))
        return EXIT_USAGE;
    if (self.lists && count <= 1)
        return s_list (count ? argv [1] : NULL);
    if (count != 2)
        return fettle_usage ("send", "give the type of a message, and a file of it, - or the JSON itself.");
    self.timeout_ms = (int) self.timeout_s * 1000;
    self.arena = arena_new ();
    int code = s_send (&self, argv [1], argv [2]);
    arena_destroy (&self.arena);
    return code;
}
