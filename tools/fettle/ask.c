#include "ask.h"
#include "fettle.h"
#include "json.h"
#include "show.h"

const bus_reply_t *
ask_service (arena_t *arena, const char *command, const ProtobufCMessage *message, int *ret_code)
{
    char error [512];
    client_command_t asked = {
        .type = message->descriptor->name, .json = json_from_message (arena, message, 0) };
    const bus_reply_t *reply = client_command (arena, &asked, CLIENT_TIMEOUT_MS, error);
    if (!reply)
        *ret_code = fettle_fail (EXIT_UNREACHABLE, command, "%s", error);
    else if (reply->status != STATUS_ACCEPTED)
        *ret_code = fettle_fail (EXIT_NO, command, "%s: %s.", reply->code, reply->message);
    else
        return reply;
    return NULL;
}

const ProtobufCMessage *
ask_question (arena_t *arena, const char *command, const ProtobufCMessage *question, int *ret_code)
{
    const bus_reply_t *reply = ask_service (arena, command, question, ret_code);
    const ProtobufCMessage *answer = reply
        ? show_open (arena, reply->type, reply->data.data, reply->data.len) : NULL;
    if (reply && !answer)
        *ret_code = fettle_fail (EXIT_UNREACHABLE, command, "the answer can not be read.");
    return answer;
}
