/* demo_scenes_end - what is refused at the door, and what people were told. */
#include "demo_scenes.h"
#include "moment.h"
#include <stdio.h>
#include <string.h>

static bool
s_is_rejected (const bus_reply_t *reply, const char *code)
{
    return reply->status == STATUS_REJECTED && strcmp (reply->code, code) == 0;
}

static submit_service_request_t
s_request (demo_t *demo, const char *external_id)
{
    return (submit_service_request_t) { .base = submit_service_request_init, .channel = CHANNEL_WEB,
        .external_id = arena_printf (demo->arena, "demo-%s-%s", demo->run, external_id),
        .asset_id = "mi-ups",
        .type = REQUEST_TYPE_CONSULTATION, .text = "Quanto durano le batterie?" };
}

/* The same id again, the same message in another envelope, the same id around another message. */
static void
s_said_twice (demo_t *demo)
{
    char id [37];
    client_id (id);
    submit_service_request_t request = s_request (demo, "door");
    const bus_reply_t *first = demo_send (demo, &(demo_as_t) { .id = id }, &request.base);
    if (!demo_expect (demo, first->status == STATUS_ACCEPTED, "a question is taken (%s)",
        first->subject))
        return;
    demo_follow (demo, first->subject);
    const bus_reply_t *again = demo_send (demo, &(demo_as_t) { .id = id }, &request.base);
    demo_expect (demo, again->status == STATUS_DUPLICATE
        && strcmp (again->subject, first->subject) == 0,
        "the same command again: the first answer, nothing done twice");
    const bus_reply_t *other = demo_send (demo, NULL, &request.base);
    demo_expect (demo, other->status == STATUS_ACCEPTED
        && strcmp (other->subject, first->subject) == 0,
        "the same message in another command: still the one request");
    request.text = "something else";
    const bus_reply_t *forged = demo_send (demo, &(demo_as_t) { .id = id }, &request.base);
    demo_expect (demo, forged->status == STATUS_REJECTED, "the same id around another message: %s",
        forged->message);
    demo_do (demo, "agent:anna", cancel_service_request (.request_id = first->subject,
        .reason = "answered at once"), "answered at once");
}

static void
s_said_wrong (demo_t *demo)
{
    submit_service_request_t request = s_request (demo, "wrong");
    request.asset_id = "";
    request.serial = "NO-SUCH-SERIAL";
    const bus_reply_t *reply = demo_send (demo, NULL, &request.base);
    demo_expect (demo, s_is_rejected (reply, "serial.unknown"), "an unknown device: %s",
        reply->message);
    const service_request_rejected_t *said = AWAIT (demo, service_request_rejected, external_id,
        request.external_id);
    demo_expect (demo, said && strcmp (said->code, "serial.unknown") == 0,
        "channels that only listen hear of the refusal, too");
    request = s_request (demo, "future");
    request.reported_at = moment_now () + 86400000;
    reply = demo_send (demo, NULL, &request.base);
    demo_expect (demo, s_is_rejected (reply, "reported_at.invalid"), "reported tomorrow: %s",
        reply->message);
    reply = demo_send (demo, NULL, accept_visit (.visit_id = "no-such-visit",
        .engineer_id = "mi-e01"));
    demo_expect (demo, s_is_rejected (reply, "visit.unknown"), "a visit that is not there: %s",
        reply->message);
}

void
scene_door (demo_t *demo)
{
    s_said_twice (demo);
    s_said_wrong (demo);
}

/* ---- languages */

static const message_queued_t *
s_sample (demo_t *demo, language_t language, const char *audience, int *ret_count)
{
    const message_queued_t *sample = NULL;
    for (size_t i = 0; i < watch_count (demo->watch); i++) {
        const watched_t *event = watch_at (demo->watch, i);
        const message_queued_t *queued = (const message_queued_t *) event->message;
        if (event->message->descriptor != &message_queued_descriptor
            || !demo_is_ours (demo, event->envelope) || queued->language != language)
            continue;
        ++*ret_count;
        if (!sample || (strcmp (sample->audience, audience) != 0
            && strcmp (queued->audience, audience) == 0))
            sample = queued;
    }
    return sample;
}

static void
s_print_body (demo_t *demo, const char *body)
{
    for (size_t length; *body; body += length + (body [length] == '\n')) {
        length = strcspn (body, "\n");
        demo_note (demo, "      | %.*s", (int) length, body);
    }
}

void
scene_languages (demo_t *demo)
{
    static const struct { language_t language; const char *name, *audience; } all [] = {
        { LANGUAGE_ZH, "Chinese", "customer" }, { LANGUAGE_VI, "Vietnamese", "engineer" },
            { LANGUAGE_IT, "Italian", "customer" },
        { LANGUAGE_EN, "English", "customer" } };
    demo_settle (demo);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        int count = 0;
        const message_queued_t *sample = s_sample (demo, all [i].language, all [i].audience,
            &count);
        if (sample) {
            demo_note (demo, "to %s, %s: %s", NAME (demo, sample->recipient_id), sample->audience,
                sample->subject);
            s_print_body (demo, sample->body);
        }
        demo_expect (demo, count > 0 && sample && *sample->subject && *sample->body,
            "%d messages in %s", count, all [i].name);
    }
    demo_note (demo, "They are sent as soon as a channel is set up: "
        "FETTLE_SMTP_URL=smtp://host:25 FETTLE_SMTP_FROM=service@your.domain");
}
