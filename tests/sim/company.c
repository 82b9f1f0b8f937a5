/* company - the doors that sim.h wants; errands, and what is known of requests, orders and visits. */
#include "company.h"
#include "invariant.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { company_answer_fn *then; void *about; } waiting_t;

/* One company at a time in a process; its memory is the run's. */
static struct {
    map_t requests, orders, visits, waiting;    /* by id; waiting: by the command's */
    request_t **list;
    int count, capacity, commands;
} s_known;

/* ---- chance */

bool company_often (sim_t *sim, int percent) { return sim_between (sim, 1, 100) <= percent; }
int company_pick (sim_t *sim, int count) { return (int) sim_between (sim, 0, count - 1); }
bool company_is_over (const sim_t *sim) { return sim_now (sim) >= sim_ends_at (sim); }

char *
company_text (sim_t *sim, const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    char *text = arena_vprintf (sim_arena (sim), format, arguments);
    va_end (arguments);
    return text;
}

/* ---- doing */

void
company_send (sim_t *sim, const char *actor, int64_t happened_at, const ProtobufCMessage *command,
    company_answer_fn *then, void *about)
{
    char id [64];
    snprintf (id, sizeof id, "c-%06d", ++s_known.commands);
    if (then) {
        waiting_t *waiting = arena_alloc (sim_arena (sim), sizeof *waiting);
        *waiting = (waiting_t) { then, about };
        *map_at (&s_known.waiting, sim_arena (sim), arena_strdup (sim_arena (sim), id)) = waiting;
    }
    sim_send (sim, id, actor, happened_at, command);
}

void
company_later (sim_t *sim, int64_t from_ms, int64_t to_ms, sim_deed_fn *deed, void *about)
{
    sim_at (sim, sim_now (sim) + sim_between (sim, from_ms, to_ms), deed, about);
}

/* ---- what is known */

request_t *company_request (const char *id) { return map_get (&s_known.requests, id); }
order_t *company_order (const char *id) { return map_get (&s_known.orders, id); }
visit_t *company_visit (const char *id) { return map_get (&s_known.visits, id); }

request_t *
company_some_request (sim_t *sim, request_stage_t stage)
{
    int newest = s_known.count < 120 ? s_known.count : 120;
    for (int i = 0; newest && i < 8; i++) {
        request_t *request = s_known.list [s_known.count - 1 - company_pick (sim, newest)];
        if (request->stage == stage)
            return request;
    }
    return NULL;
}

request_t *
company_request_add (sim_t *sim, const service_request_accepted_t *accepted)
{
    arena_t *arena = sim_arena (sim);
    request_t *request = arena_alloc (arena, sizeof *request);
    *request = (request_t) { .id = arena_strdup (arena, accepted->request_id),
        .asset_id = arena_strdup (arena, accepted->asset_id), .site_id = arena_strdup (arena, accepted->site_id),
        .customer_id = arena_strdup (arena, accepted->customer_id), .type = accepted->type, .tier = accepted->tier,
        .number = s_known.count, .country = company_country_of (accepted->territory_id) };
    if (request->country < 0)
        request->country = company_country_of (accepted->customer_id);
    if (request->country < 0)
        request->country = 0;
    *map_at (&s_known.requests, arena, request->id) = request;
    if (s_known.count == s_known.capacity) {
        s_known.capacity = s_known.capacity ? 2 * s_known.capacity : 256;
        request_t **longer = arena_array (arena, (size_t) s_known.capacity, sizeof *longer);
        if (s_known.count)
            memcpy (longer, s_known.list, (size_t) s_known.count * sizeof *longer);
        s_known.list = longer;
    }
    return s_known.list [s_known.count++] = request;
}

order_t *
company_order_add (sim_t *sim, const work_order_created_t *created)
{
    arena_t *arena = sim_arena (sim);
    order_t *order = arena_alloc (arena, sizeof *order);
    *order = (order_t) { .id = arena_strdup (arena, created->work_order_id),
        .request_id = arena_strdup (arena, created->request_id), .site_id = arena_strdup (arena, created->site_id),
        .country = company_country_of (created->territory_id) };
    if (order->country < 0)
        order->country = 0;
    for (size_t i = 0; i < created->n_parts && order->part_count < 6; i++) {
        order->parts [order->part_count].item_id = arena_strdup (arena, created->parts [i]->item_id);
        order->parts [order->part_count++].needed = created->parts [i]->quantity;
    }
    return *map_at (&s_known.orders, arena, order->id) = order;
}

visit_t *
company_visit_add (sim_t *sim, const visit_offered_t *offered)
{
    arena_t *arena = sim_arena (sim);
    visit_t *visit = arena_alloc (arena, sizeof *visit);
    *visit = (visit_t) { .id = arena_strdup (arena, offered->visit_id), .report_hash = "", .report_id = "",
        .engineer_id = arena_strdup (arena, offered->engineer_id), .order = company_order (offered->work_order_id),
        .starts_at = offered->starts_at, .work_starts_at = offered->work_starts_at, .ends_at = offered->ends_at,
        .is_provider = !is_empty (offered->provider_id) };
    return *map_at (&s_known.visits, arena, visit->id) = visit;
}

/* ---- doors */

void
company_begin (sim_t *sim)
{
    memset (&s_known, 0, sizeof s_known);
    for (int i = 0; i < COUNTRIES; i++)
        company_countries [i].zone = zone_find (company_countries [i].zone_name, NULL);
    company_masters_begin (sim);
    company_day_begin (sim);
}

void
company_heard (sim_t *sim, sim_service_t publisher, const bus_event_t *event, const ProtobufCMessage *body)
{
    if (publisher == SIM_NOTIFIER)
        return company_manager_heard (sim, event, body);
    company_desk_heard (sim, event, body);
    company_store_heard (sim, event, body);
    company_field_heard (sim, event, body);
    company_manager_heard (sim, event, body);
}

void
company_answered (sim_t *sim, const sim_verdict_t *verdict)
{
    invariant_answered (sim, verdict);
    waiting_t *waiting = map_get (&s_known.waiting, verdict->id);
    if (!waiting)
        return;
    map_forget (&s_known.waiting, verdict->id);
    waiting->then (sim, verdict, waiting->about);
}

const ProtobufCMessage *
company_perform (sim_t *sim, arena_t *arena, const perform_delivery_t *delivery, sim_provider_t trouble)
{
    static const delivery_outcome_t outcomes [] = { [SIM_PROVIDER_FINE] = DELIVERY_OUTCOME_SENT,
        [SIM_PROVIDER_BUSY] = DELIVERY_OUTCOME_NOT_NOW, [SIM_PROVIDER_SILENT] = DELIVERY_OUTCOME_UNKNOWN };
    delivery_done_t *done = arena_alloc (arena, sizeof *done);
    *done = (delivery_done_t) { .base = delivery_done_init };
    done->attempt_id = arena_strdup (arena, delivery->attempt_id);
    done->outcome = outcomes [trouble];
    if (trouble == SIM_PROVIDER_FINE && sim_chance (sim, delivery->message_id) % 200 == 0)
        done->outcome = DELIVERY_OUTCOME_REFUSED;       /* a number that is out of service */
    if (done->outcome == DELIVERY_OUTCOME_SENT || done->outcome == DELIVERY_OUTCOME_UNKNOWN)
        invariant_received (sim, delivery);
    done->error = arena_strdup (arena, done->outcome == DELIVERY_OUTCOME_SENT ? "" : "as the weather is");
    done->provider_reference = arena_printf (arena, "p-%s", delivery->attempt_id);
    return &done->base;
}
