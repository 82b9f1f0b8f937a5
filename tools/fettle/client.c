#include "client.h"
#include "bus.h"
#include "check.h"
#include "config.h"
#include "id.h"
#include "json.h"
#include "migration.h"
#include "moment.h"
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct client_t {
    bus_client_t *bus;
    char service [64];
};

client_t *
client_open (const char *service, char error [512])
{
    if (!client_is_service (service, error))
        return NULL;
    client_t *self = calloc (1, sizeof *self);
    check (self);
    snprintf (self->service, sizeof self->service, "%s", service);
    self->bus = bus_client_new (service, error);
    if (!self->bus)
        client_close (&self);
    return self;
}

void
client_close (client_t **self)
{
    if (*self) {
        bus_client_destroy (&(*self)->bus);
        free (*self);
        *self = NULL;
    }
}

bool
client_send (client_t *self, arena_t *arena, const bus_request_t *request)
{
    uint8_t *data = arena_alloc (arena, protobuf_c_message_get_packed_size (&request->base) + 1);
    size_t size = protobuf_c_message_pack (&request->base, data);
    return bus_client_send (self->bus, (blob_t) { data, size });
}

const bus_response_t *
client_receive (client_t *self, arena_t *arena, int timeout_ms)
{
    blob_t bytes = bus_client_receive (self->bus, arena, timeout_ms);
    if (!bytes.size)
        return NULL;
    ProtobufCAllocator allocator = arena_protobuf (arena);
    return (const bus_response_t *) protobuf_c_message_unpack (&bus_response_descriptor, &allocator,
                                                               bytes.size, bytes.data);
}

const bus_response_t *
client_ask (client_t *self, arena_t *arena, const bus_request_t *request, int timeout_ms, char error [512])
{
    const bus_response_t *response = client_send (self, arena, request)
        ? client_receive (self, arena, timeout_ms) : NULL;
    if (!response)
        snprintf (error, 512, "%s does not answer within %.1f s. Is it running? `fettle status` tells.", self->service,
                  timeout_ms / 1000.0);
    return response;
}

const bus_response_t *
client_ask_service (const char *service, arena_t *arena, const bus_request_t *request, int timeout_ms, char error [512])
{
    client_t *client = client_open (service, error);
    const bus_response_t *response = client ? client_ask (client, arena, request, timeout_ms, error) : NULL;
    client_close (&client);
    return response;
}

/* ---- commands */

const char *
client_actor (void)
{
    static char actor [96];
    const struct passwd *user = getpwuid (geteuid ());
    snprintf (actor, sizeof actor, "operator:%s", user ? user->pw_name : "unknown");
    return actor;
}

void
client_id (char ret_id [37])
{
    static id_source_t source;
    static bool is_ready;
    if (!is_ready)
        id_source_init (&source);
    is_ready = true;
    id_new (&source, moment_now (), ret_id);
}

static bool
s_pack_json (arena_t *arena, const ProtobufCMessageDescriptor *type, const char *json,
             ProtobufCBinaryData *ret_data, char error [512])
{
    char reason [256];
    const ProtobufCMessage *message = json_to_message (arena, type, json, strlen (json), reason);
    if (!message) {
        snprintf (error, 512, "%s: %s", type->name, reason);
        return false;
    }
    ret_data->data = arena_alloc (arena, protobuf_c_message_get_packed_size (message) + 1);
    ret_data->len = protobuf_c_message_pack (message, ret_data->data);
    return true;
}

static char *
s_text (arena_t *arena, const char *text)
{
    return arena_strdup (arena, text ? text : "");
}

const bus_command_t *
client_command_new (arena_t *arena, const client_command_t *command, char error [512])
{
    const ProtobufCMessageDescriptor *type = client_type (command->type, error);
    ProtobufCBinaryData data;
    if (!type || !s_pack_json (arena, type, command->json ? command->json : "{}", &data, error))
        return NULL;
    char fresh_id [ID_SIZE];
    client_id (fresh_id);
    bus_command_t *packed = arena_alloc (arena, sizeof *packed);
    *packed = (bus_command_t) {
        .base = bus_command_init,
        .id = s_text (arena, command->id ? command->id : fresh_id),
        .type = s_text (arena, type->name),
        .data = data,
        .actor = s_text (arena, command->actor ? command->actor : client_actor ()),
        .traceparent = s_text (arena, command->traceparent),
        .time = command->time_at,
        .deadline = command->deadline_at,
    };
    return packed;
}

const bus_reply_t *
client_command (arena_t *arena, const client_command_t *command, int timeout_ms, char error [512])
{
    char service [64];
    const bus_command_t *packed = client_command_new (arena, command, error);
    if (!packed)
        return NULL;
    if (!client_service_of (packed->type, service)) {
        snprintf (error, 512, "%s belongs to no service: name a command of one.", packed->type);
        return NULL;
    }
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_COMMAND,
                              .command = (bus_command_t *) packed };
    const bus_response_t *response = client_ask_service (service, arena, &request, timeout_ms, error);
    if (response && response->body_case != FETTLE__BUS__V1__RESPONSE__BODY_REPLY) {
        snprintf (error, 512, "%s gave an answer that is no reply to a command: is it another version?", service);
        return NULL;
    }
    return response ? response->reply : NULL;
}

/* ---- names */

static bool
s_ends_with (const char *full_name, const char *name)
{
    size_t full = strlen (full_name), part = strlen (name);
    return part < full && full_name [full - part - 1] == '.' && strcasecmp (full_name + full - part, name) == 0;
}

static void
s_append (char error [512], const char *text)
{
    size_t used = strlen (error);
    snprintf (error + used, 512 - used, "%s", text);
}

static void
s_suggest (const char *name, char error [512])
{
    int found = 0;
    snprintf (error, 512, "There is no message %.100s.", name);
    for (int i = 0; registry_all [i] && found < 6; i++)
        if (*name && strcasestr (registry_all [i]->name, name)) {
            s_append (error, found++ ? ", " : " Did you mean ");
            s_append (error, registry_all [i]->name);
        }
    s_append (error, found ? "?" : " `fettle send --list` shows all.");
}

const ProtobufCMessageDescriptor *
client_type (const char *name, char error [512])
{
    const ProtobufCMessageDescriptor *type = registry_find (name);
    int found = 0;
    if (type)
        return type;
    snprintf (error, 512, "%.100s could be ", name);
    for (int i = 0; registry_all [i]; i++)
        if (s_ends_with (registry_all [i]->name, name)) {
            s_append (error, found++ ? " or " : "");
            s_append (error, registry_all [i]->name);
            type = registry_all [i];
        }
    if (found == 1)
        return type;
    if (found > 1)
        s_append (error, ": give more of the name.");
    else
        s_suggest (name, error);
    return NULL;
}

bool
client_service_of (const char *type, char ret_service [64])
{
    static const char prefix [] = "fettle.";
    if (strncmp (type, prefix, sizeof prefix - 1) != 0)
        return false;
    const char *name = type + sizeof prefix - 1;
    char error [512];
    snprintf (ret_service, 64, "%.*s", (int) strcspn (name, "."), name);
    for (char *p = ret_service; *p; p++)
        if (*p == '_')
            *p = '-';
    return client_is_service (ret_service, error);
}

bool
client_is_service (const char *name, char error [512])
{
    for (int i = 0; bus_services [i]; i++)
        if (strcmp (bus_services [i], name) == 0)
            return true;
    snprintf (error, 512, "There is no service %.64s: ", name);
    for (int i = 0; bus_services [i]; i++) {
        s_append (error, bus_services [i]);
        s_append (error, bus_services [i + 1] ? ", " : ".");
    }
    return false;
}

void
client_schema (const char *service, char ret_schema [64])
{
    migration_schema (service, ret_schema);
}

/* ---- Postgres */

db_t *
client_database (char error [512])
{
    char reason [512];
    db_t *db = db_open (config_text ("FETTLE_ADMIN_DSN", ""), NULL, NULL,
                        config_text ("FETTLE_ADMIN_PASSWORD", NULL), reason);
    if (!db)
        snprintf (error, 512, "Postgres can not be reached (FETTLE_ADMIN_DSN): %.*s",
                  (int) strcspn (reason, "\n"), reason);
    return db;
}
