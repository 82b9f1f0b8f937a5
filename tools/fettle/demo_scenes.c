/* demo_scenes - the table of scenes; the first ones: what is solved without going there. */
#include "demo_scenes.h"
#include "delivery.h"
#include "moment.h"
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const scene_t demo_scenes [] = {
    { "storm", "Ho Chi Minh City: a chiller's gateway repeats itself a thousand times",
        "Asia/Ho_Chi_Minh", scene_storm },
    { "call", "Milan: a call, solved without anybody driving", "Europe/Rome", scene_call },
    { "visit", "Beijing: a WeChat message becomes a visit", "Asia/Shanghai", scene_visit },
    { "invoice", "Milan: a repair that nobody covers is charged", "Europe/Rome", scene_invoice },
    { "warranty", "Ho Chi Minh City: under warranty nothing is charged", "Asia/Ho_Chi_Minh",
    scene_warranty },
    { "shortage", "Milan: a part is missing, and the order waits for it by itself", "Europe/Rome",
    scene_shortage },
    { "waiting", "Beijing: while the customer keeps us waiting, the clocks stand still",
    "Asia/Shanghai", scene_waiting },
    { "emergency", "Beijing: somebody is trapped in a lift", "Asia/Shanghai", scene_emergency },
    { "maintenance", "Milan: maintenance falls due by itself", "Europe/Rome", scene_maintenance },
    { "promise", "Ho Chi Minh City: a promise is broken, and a late fact mends it",
    "Asia/Ho_Chi_Minh", scene_promise },
    { "door", "At the door: what is said twice or said wrong", "Europe/Rome", scene_door },
    { "languages", "What people are told, in four languages", "UTC", scene_languages },
    { 0 } };

void
scene_calm (demo_t *demo, const char *device_id, const char *code)
{
    const bus_reply_t *reply = demo_send (demo, NULL, clear_alarm (.device_id = (char *) device_id,
        .code = (char *) code));
    if (!reply->subject || !*reply->subject)
        return;
    demo_send (demo, NULL, confirm_service_request (.request_id = reply->subject,
        .by = "an earlier run"));
    demo_send (demo, NULL, cancel_service_request (.request_id = reply->subject,
        .reason = "left over from an earlier run"));
}

/* ---- storm */

enum { STORM = 1000 };

static bus_command_t *
s_alarm (demo_t *demo, int number)
{
    char id [37];
    client_id (id);
    const ProtobufCMessage *message = raise_alarm (.device_id = "hcm-chiller", .code = "OVERHEAT",
        .severity = 4,
        .gateway_id = "gateway-17", .text = "Nước lạnh 19 °C, giới hạn 12 °C",
        .device_time_at = moment_now () - STORM + number);
    uint8_t *data = arena_alloc (demo->arena, protobuf_c_message_get_packed_size (message) + 1);
    size_t size = protobuf_c_message_pack (message, data);
    bus_command_t *command = arena_alloc (demo->arena, sizeof *command);
    *command = (bus_command_t) { .base = bus_command_init, .id = arena_strdup (demo->arena, id),
        .type = (char *) message->descriptor->name, .data = { size, data }, .actor = "gateway:17",
        .traceparent = "" };
    return command;
}

/* The request that all alarms went to; NULL: not one. */
static const char *
s_storm (demo_t *demo)
{
    char error [512];
    const char *request_id = NULL;
    delivery_t *alarms = arena_array (demo->arena, STORM, sizeof *alarms);
    for (int i = 0; i < STORM; i++)
        alarms [i].command = s_alarm (demo, i);
    int64_t began = moment_steady ();
    if (!delivery_run ("intake", demo->arena, alarms, STORM, &(delivery_rules_t) { .window = 200,
        .timeout_ms = 10000, .judge = delivery_retry,
        .closure = &(int) { 10000 } }, error))
        return demo_expect (demo, false, "the storm is taken (%s)", error), NULL;
    demo_note (demo, "%d alarms answered after their commit in %lld ms", STORM,
        (long long) (moment_steady () - began));
    for (int i = 0; i < STORM; i++)
        if (delivery_status (alarms [i].reply) != STATUS_ACCEPTED
            || (request_id && strcmp (request_id, alarms [i].reply->subject) != 0))
            return demo_expect (demo, false, "alarm %d joins the others (%s)", i + 1,
                alarms [i].reply->message), NULL;
        else
            request_id = alarms [i].reply->subject;
    return request_id;
}

static int
s_requests_of (demo_t *demo, const char *asset_id)
{
    int count = 0;
    for (size_t i = (size_t) demo->scene_event; i < watch_count (demo->watch); i++) {
        const watched_t *event = watch_at (demo->watch, i);
        count += event->message->descriptor == &service_request_accepted_descriptor
            && strcmp (watch_text (event->message, "asset_id"), asset_id) == 0;
    }
    return count;
}

static int64_t
s_largest_count (demo_t *demo, const char *request_id)
{
    int64_t largest = 0;
    for (size_t i = (size_t) demo->scene_event; i < watch_count (demo->watch); i++) {
        const ProtobufCMessage *message = watch_at (demo->watch, i)->message;
        const alarm_folded_t *folded = (const alarm_folded_t *) message;
        if (message->descriptor == &alarm_folded_descriptor && strcmp (folded->request_id,
            request_id) == 0 && folded->count > largest)
            largest = folded->count;
    }
    return largest;
}

bool
scene_attempt (demo_t *demo, const char *request_id, support_tier_t tier, bool solved,
    const char *note)
{
    int64_t now = moment_now ();
    return demo_do (demo, "agent:minh", record_support_attempt (.request_id = (char *) request_id,
        .tier = tier,
        .agent = "minh", .started_at = now - 1, .ended_at = now, .solved = solved,
        .note = (char *) note),
        "%s help: %s", demo_short (demo, &support_tier_descriptor, (int) tier), note);
}

const sla_clock_met_t *
scene_met (demo_t *demo, const char *case_id, milestone_t milestone)
{
    const char *clock_id = arena_printf (demo->arena, "%s:%s", case_id,
        protobuf_c_enum_descriptor_get_value (&milestone_descriptor,
        (int) milestone)->name + strlen ("MILESTONE_"));
    return AWAIT (demo, sla_clock_met, clock_id, clock_id);
}

void
scene_storm (demo_t *demo)
{
    scene_calm (demo, "hcm-chiller", "OVERHEAT");
    demo_print (demo, "1", ">", "the gateway sends its alarm OVERHEAT a thousand times");
    const char *request_id = s_storm (demo);
    if (!request_id)
        return;
    demo_follow (demo, request_id);
    if (!AWAIT (demo, service_request_triaged, request_id, request_id))
        return;
    demo_settle (demo);
    demo_expect (demo, s_requests_of (demo, "hcm-chiller") == 1, "there is one request");
    demo_expect (demo, s_largest_count (demo, request_id) == STORM, "its repeat count is %d",
        STORM);
    if (!scene_attempt (demo, request_id, SUPPORT_TIER_REMOTE, true,
        "condenser fan restarted from afar")
        || !AWAIT (demo, service_request_resolved, request_id, request_id))
        return;
    demo_expect (demo, scene_met (demo, request_id, MILESTONE_SOLVE_REMOTE),
        "solved remotely within the promised time");
    demo_do (demo, "gateway:17", clear_alarm (.device_id = "hcm-chiller", .code = "OVERHEAT",
        .gateway_id = "gateway-17"), "the gateway says the device is well");
    job_confirm (demo, &(job_t) { .request_id = request_id });
}

/* ---- call */

void
scene_call (demo_t *demo)
{
    job_t job = { .asset_id = "mi-boiler" };
    const char *phone = demo_data (demo, "mi-p04", "phone");
    demo_print (demo, "1", ">", arena_printf (demo->arena, "the telephone rings: %s", phone));
    const identified_t *who = (const identified_t *) demo_ask (demo,
        identify (.phone = (char *) phone));
    bool is_known = who && who->n_candidates && strcmp (who->candidates [0]->customer_id,
        demo_data (demo, job.asset_id, "customerId")) == 0;
    if (!demo_expect (demo, is_known,
        "the caller is known by his number: %s, with %zu devices there",
        who && who->n_candidates ? who->candidates [0]->customer_name : "nobody", who
        ? who->n_candidates : 0))
        return;
    if (!job_submit (demo, &job, CHANNEL_PHONE, "La caldaia a volte va in blocco")
        || !demo_do (demo, "agent:anna",
            acknowledge_service_request (.request_id = (char *) job.request_id, .agent = "anna"),
        "Anna takes it in hand"))
        return;
    demo_expect (demo, scene_met (demo, job.request_id, MILESTONE_ACCEPT), "taken in hand in time");
    if (!scene_attempt (demo, job.request_id, SUPPORT_TIER_REMOTE, true,
        "water pressure was low, filled up under guidance"))
        return;
    const service_request_resolved_t *solved = AWAIT (demo, service_request_resolved, request_id,
        job.request_id);
    demo_expect (demo, solved && solved->tier == SUPPORT_TIER_REMOTE, "solved on the remote step");
    job_confirm (demo, &job);
    demo_settle (demo);
    demo_expect (demo, !SEEN (demo, work_order_created, request_id, job.request_id),
        "nobody had to drive: there is no work order");
}

/* ---- waiting */

static const sla_clock_started_t *
s_clock (demo_t *demo, const char *case_id, milestone_t milestone)
{
    for (size_t i = (size_t) demo->scene_event; i < watch_count (demo->watch); i++) {
        const ProtobufCMessage *message = watch_at (demo->watch, i)->message;
        const sla_clock_started_t *clock = (const sla_clock_started_t *) message;
        if (message->descriptor == &sla_clock_started_descriptor
            && strcmp (clock->case_id, case_id) == 0 && clock->milestone == milestone)
            return clock;
    }
    return NULL;
}

void
scene_waiting (demo_t *demo)
{
    job_t job = { .asset_id = "bj-ups" };
    if (!job_submit (demo, &job, CHANNEL_WEB, "UPS 过热报警")
        || !AWAIT (demo, sla_clock_started, case_id, job.request_id))
        return;
    demo_settle (demo);
    const sla_clock_started_t *clock = s_clock (demo, job.request_id, MILESTONE_SOLVE_REMOTE);
    if (!demo_expect (demo, clock, "a clock runs to the remote solution")
        || !demo_do (demo, "agent:anna", start_waiting (.request_id = (char *) job.request_id,
            .reason = WAIT_REASON_CUSTOMER,
        .holder = "Helen Foster"), "the customer must read the display and call back")
        || !AWAIT (demo, sla_clock_paused, clock_id, clock->clock_id))
        return;
    usleep (700000);
    if (!demo_do (demo, "agent:anna", end_waiting (.request_id = (char *) job.request_id,
        .reason = WAIT_REASON_CUSTOMER), "she has called back"))
        return;
    const sla_clock_resumed_t *resumed = AWAIT (demo, sla_clock_resumed, clock_id, clock->clock_id);
    const case_waiting_started_t *from = AWAIT (demo, case_waiting_started, case_id,
        job.request_id);
    const case_waiting_ended_t *to = AWAIT (demo, case_waiting_ended, case_id, job.request_id);
    if (resumed && from && to)
        demo_expect (demo, resumed->due_at - clock->due_at == to->ended_at - from->started_at,
            "the end moved by exactly the wait of %lld ms",
            (long long) (to->ended_at - from->started_at));
    scene_attempt (demo, job.request_id, SUPPORT_TIER_REMOTE, true,
        "fan filter cleaned by the customer");
    job_confirm (demo, &job);
}
