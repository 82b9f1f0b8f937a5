/* sla_ask - one question to the sla-watchdog. */
#include "sla.h"
#include "client.h"
#include "fettle.h"
#include "json.h"

const ProtobufCMessage *
sla_ask (arena_t *arena, const char *name, json_t *query, const ProtobufCMessageDescriptor *answer, int *ret_code)
{
    char error [512];
    client_command_t asked = {
        .type = arena_printf (arena, "fettle.sla_watchdog.v1.%s", name), .json = json_print (arena, query, 0) };
    json_decref (query);
    if (!client_command_new (arena, &asked, error))
        return *ret_code = fettle_fail (EXIT_USAGE, "sla", "%s", error), NULL;
    const bus_reply_t *reply = client_command (arena, &asked, CLIENT_TIMEOUT_MS, error);
    if (!reply)
        return *ret_code = fettle_fail (EXIT_UNREACHABLE, "sla", "%s", error), NULL;
    if (reply->status != STATUS_ACCEPTED)
        return *ret_code = fettle_fail (EXIT_NO, "sla", "%s: %s.", reply->code, reply->message), NULL;
    ProtobufCAllocator allocator = arena_protobuf (arena);
    ProtobufCMessage *message = protobuf_c_message_unpack (answer, &allocator, reply->data.len, reply->data.data);
    if (!message)
        *ret_code = fettle_fail (EXIT_UNREACHABLE, "sla", "the answer can not be read.");
    return message;
}
