/* demo_tell - a sentence for each kind of event that is worth a line. */
#include "demo.h"
#include <stdio.h>
#include <string.h>

#define SAY(...) arena_printf (demo->arena, __VA_ARGS__)
#define SHORT(enumeration, value) demo_short (demo, &enumeration##_descriptor, (int) (value))
#define TELL(type) static const char *s_##type (demo_t *demo, const type##_t *event)

/* ---- intake */

TELL (service_request_accepted)
{
    return SAY ("%s by %s from %s: \"%s\"", SHORT (request_type, event->type),
        SHORT (channel, event->channel),
                NAME (demo, event->customer_id), event->text);
}

TELL (service_request_triaged)
{
    const char *rule = "";
    for (size_t i = 0; i < event->n_trace; i++)
        if (event->trace [i]->matched && !*rule)
            rule = event->trace [i]->rule;
    return SAY ("fault level %d, priority %d (rule %s)", event->fault_level, event->priority, rule);
}

TELL (support_tier_changed)
{
    return SAY ("from %s to %s: %s", SHORT (support_tier, event->from_tier),
        SHORT (support_tier, event->tier), event->reason);
}

TELL (support_attempt_recorded)
{
    return SAY ("%s help by %s: %s", SHORT (support_tier, event->tier), event->agent, event->solved
        ? "solved" : "not solved");
}

TELL (service_request_resolved) { return SAY ("solved on the %s step",
    SHORT (support_tier, event->tier)); }
TELL (service_request_closed) { return SAY ("closed, says %s", event->by); }
TELL (service_request_cancelled) { return SAY ("%s", event->reason); }
TELL (alarm_folded) { return SAY ("%s %s, %lld times so far", event->device_id, event->code,
    (long long) event->count); }
TELL (alarm_cleared) { return SAY ("%s says %s is over", event->device_id, event->code); }
TELL (case_waiting_started) { return SAY ("waits for the %s (%s)",
    SHORT (wait_reason, event->reason), event->holder); }
TELL (case_waiting_ended) { return SAY ("waits for the %s no more",
    SHORT (wait_reason, event->reason)); }

/* ---- billing */

TELL (entitlement_resolved)
{
    const char *tier = event->contract_tier;
    return SAY ("%s%s%s: %s", SHORT (coverage, event->coverage), *tier ? ", tier " : "", tier,
        event->reason);
}

TELL (work_order_posted)
{
    return SAY ("worth %s by the list, charged %s", demo_money (demo, event->list_minor,
        event->currency),
                demo_money (demo, event->charge_minor, event->currency));
}

TELL (invoice_issued)
{
    return SAY ("invoice %s, %s, issued %s, due %s", event->number,
        demo_money (demo, event->total_minor, event->currency),
                event->issued_on, event->due_on);
}

TELL (posting_blocked) { return SAY ("%s", event->reason); }

/* ---- sla-watchdog */

TELL (sla_clock_started)
{
    return SAY ("%s by %s (plan %s)", SHORT (milestone, event->milestone), event->due_at
        ? demo_local (demo, event->due_at) : "no time",
                event->plan_id);
}

TELL (sla_clock_recomputed)
{
    return SAY ("%s is due %s now: %s", SHORT (milestone, event->milestone),
        demo_local (demo, event->due_at), event->cause);
}

TELL (sla_clock_paused)
{
    return SAY ("%s stands still after %lld ms: %s", SHORT (milestone, event->milestone),
        (long long) event->consumed_ms,
                SHORT (wait_reason, event->reason));
}

TELL (sla_clock_resumed) { return SAY ("%s runs on, due %s", SHORT (milestone, event->milestone),
    demo_local (demo, event->due_at)); }

static const char *
s_duration (demo_t *demo, int64_t ms)
{
    return ms < 120000 ? SAY ("%.1f s", (double) ms / 1000) : ms < 7200000
        ? SAY ("%.0f min", (double) ms / 60000)
        : SAY ("%.1f h", (double) ms / 3600000);
}

TELL (sla_clock_met)
{
    return SAY ("%s in time: %s of %s used", SHORT (milestone, event->milestone),
        s_duration (demo, event->consumed_ms),
                s_duration (demo, event->budget_ms));
}

TELL (sla_clock_cancelled) { return SAY ("%s is not needed any more: %s",
    SHORT (milestone, event->milestone), event->cause); }

TELL (sla_clock_missed) { return SAY ("%s too late", SHORT (milestone, event->milestone)); }

TELL (sla_warned)
{
    return SAY ("%s: %d %% of the time is used, said %lld ms after that instant",
        SHORT (milestone, event->milestone), event->percent,
                (long long) event->late_by_ms);
}

TELL (sla_breached)
{
    return SAY ("%s: the promise is broken, noticed after %lld ms",
        SHORT (milestone, event->milestone), (long long) event->late_by_ms);
}

TELL (sla_breach_retracted) { return SAY ("%s was in time after all: %s",
    SHORT (milestone, event->milestone), event->cause); }

/* ---- scheduler, inventory */

TELL (occurrence_generated) { return SAY ("%s falls due %s", event->description,
    demo_local (demo, event->due_at)); }

TELL (occurrence_done)
{
    return SAY ("done %s; next due %s", event->in_time ? "in time" : "late", event->next_due_at
        ? demo_local (demo, event->next_due_at) : "never");
}

TELL (readiness_changed)
{
    const char *text = event->ready ? "the order may go" : "the order can not go:";
    for (size_t i = 0; i < event->n_blockers; i++)
        text = SAY ("%s %s (%s)", text, event->blockers [i]->code, event->blockers [i]->message);
    return text;
}

TELL (reservation_made)
{
    const char *text = "kept for the order:";
    for (size_t i = 0; i < event->n_parts; i++)
        text = SAY ("%s %lld x %s at %s", text, (long long) event->parts [i]->quantity,
            NAME (demo, event->parts [i]->item_id),
                    NAME (demo, event->parts [i]->location_id));
    return text;
}

TELL (reservation_short)
{
    const char *text = "missing:";
    for (size_t i = 0; i < event->n_shortages; i++)
        text = SAY ("%s %s, %lld needed, %lld there", text,
            NAME (demo, event->shortages [i]->item_id),
                    (long long) event->shortages [i]->needed,
                    (long long) event->shortages [i]->available);
    return text;
}

static const char *
s_parts (demo_t *demo, const char *text, size_t count, part_quantity_t **parts)
{
    for (size_t i = 0; i < count; i++)
        text = SAY ("%s%s%lld x %s", text, i ? ", " : " ", (long long) parts [i]->quantity,
            NAME (demo, parts [i]->item_id));
    return text;
}

TELL (reservation_released) { return SAY ("%s", event->reason); }
TELL (parts_issued) { return s_parts (demo, SAY ("into %s:", NAME (demo, event->to_location_id)),
    event->n_parts, event->parts); }
TELL (parts_returned) { return s_parts (demo,
    SAY ("back to %s:", NAME (demo, event->to_location_id)), event->n_parts, event->parts); }
TELL (part_consumed) { return SAY ("%lld x %s", (long long) event->quantity,
    NAME (demo, event->item_id)); }
TELL (parts_settled) { return SAY ("every part is accounted for: %zu kinds used, %zu returned",
    event->n_consumed, event->n_returned); }

/* ---- dispatcher */

TELL (work_order_created) { return SAY ("priority %d, %d min of work, %zu parts", event->priority,
    event->work_minutes, event->n_parts); }
TELL (work_order_cancelled) { return SAY ("%s", event->reason); }

TELL (visit_offered)
{
    return SAY ("%s is asked to leave %s and work from %s", NAME (demo, event->engineer_id),
        demo_local (demo, event->starts_at),
                demo_local (demo, event->work_starts_at));
}

TELL (visit_accepted) { return SAY ("%s will go", NAME (demo, event->engineer_id)); }
TELL (visit_ended) { return SAY ("%s, %s: %s", NAME (demo, event->engineer_id),
    SHORT (visit_state, event->state), event->reason); }
TELL (visit_travel_started) { return SAY ("%s is on the way", NAME (demo, event->engineer_id)); }

TELL (visit_arrived)
{
    return SAY ("%s is there at %s, %lld m from the site's point: %s",
        NAME (demo, event->engineer_id), demo_local (demo, event->arrived_at),
                (long long) event->distance_m, SHORT (arrival_check, event->check));
}

TELL (service_report_issued) { return SAY ("report with hash %.16s...", event->content_hash); }

TELL (service_report_signed)
{
    return SAY ("%s, %s, signed the text with hash %.16s...", event->signer_name,
        event->signer_role, event->content_hash);
}

TELL (dispatch_failed) { return SAY ("%s", event->reason); }
TELL (work_order_completed) { return SAY ("done %s", demo_local (demo, event->completed_at)); }

/* ---- notifier */

TELL (message_queued)
{
    return SAY ("to %s (%s, %s): %s", NAME (demo, event->recipient_id), event->audience,
        SHORT (language, event->language), event->subject);
}

typedef const char *(teller_fn) (demo_t *demo, const ProtobufCMessage *event);

#define TELLER(type) { &type##_descriptor, (teller_fn *) (void (*) (void)) s_##type }

static const struct {
    const ProtobufCMessageDescriptor *type;
    teller_fn *tell;
} s_tellers [] = {
    TELLER (service_request_accepted), TELLER (service_request_triaged),
        TELLER (support_tier_changed), TELLER (support_attempt_recorded),
    TELLER (service_request_resolved), TELLER (service_request_closed),
    TELLER (service_request_cancelled), TELLER (alarm_folded),
    TELLER (alarm_cleared), TELLER (case_waiting_started), TELLER (case_waiting_ended),
    TELLER (entitlement_resolved),
    TELLER (work_order_posted), TELLER (invoice_issued), TELLER (posting_blocked),
    TELLER (sla_clock_started),
    TELLER (sla_clock_recomputed), TELLER (sla_clock_paused), TELLER (sla_clock_resumed),
    TELLER (sla_clock_met), TELLER (sla_clock_missed), TELLER (sla_clock_cancelled),
    TELLER (sla_warned), TELLER (sla_breached), TELLER (sla_breach_retracted),
    TELLER (occurrence_generated), TELLER (occurrence_done),
    TELLER (readiness_changed), TELLER (reservation_made), TELLER (reservation_short),
    TELLER (reservation_released), TELLER (parts_issued),
    TELLER (parts_returned), TELLER (part_consumed), TELLER (parts_settled),
    TELLER (work_order_created), TELLER (work_order_cancelled),
    TELLER (visit_offered), TELLER (visit_accepted), TELLER (visit_ended),
    TELLER (visit_travel_started), TELLER (visit_arrived),
    TELLER (service_report_issued), TELLER (service_report_signed), TELLER (dispatch_failed),
    TELLER (work_order_completed),
    TELLER (message_queued), { NULL, NULL } };

const char *
demo_tell (demo_t *self, const watched_t *event)
{
    for (int i = 0; s_tellers [i].type; i++)
        if (s_tellers [i].type == event->message->descriptor)
            return s_tellers [i].tell (self, event->message);
    return NULL;
}
