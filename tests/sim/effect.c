/* effect - the worker of a service and the provider outside. A delivery goes to the provider; any other effect is the
 * service's own work and is done by its own function. */
#include "world.h"
#include "check.h"
#include "plan/plan.h"
#include <stdlib.h>
#include <string.h>

enum { FAST_MS = 20, SLOW_MS = 900, TIMEOUT_MS = 15000 };

typedef struct { process_t *process; uint64_t serial; bus_worker_fn *work; void *closure; char *type; blob_t message;
                 sim_provider_t trouble; } effect_t;

static bus_t *
s_bus (const effect_t *self)
{
    return self->process->serial == self->serial ? self->process->loop->bus : NULL;
}

static void
s_free (effect_t *self)
{
    free (self->type);
    free ((void *) self->message.data);
    free (self);
}

/* Back at the service, if it is still there to hear it. */
static void
s_return (sim_t *sim, void *closure)
{
    effect_t *self = closure;
    sim->in_flight--;
    if (s_bus (self))
        bus_worker_return (s_bus (self), self->type, self->message);
    s_free (self);
}

static void
s_keep_result (effect_t *self, const ProtobufCMessage *result)
{
    size_t size = protobuf_c_message_get_packed_size (result);
    uint8_t *bytes = malloc (size + 1);
    check (bytes);
    protobuf_c_message_pack (result, bytes);
    free (self->type);
    free ((void *) self->message.data);
    self->type = strdup (result->descriptor->name);
    self->message = (blob_t) { bytes, size };
}

static const ProtobufCMessage *
s_too_late (arena_t *arena, const perform_delivery_t *delivery)
{
    delivery_done_t *done = arena_alloc (arena, sizeof *done);
    *done = (delivery_done_t) { .base = delivery_done_init };
    done->attempt_id = arena_strdup (arena, delivery->attempt_id);
    done->outcome = DELIVERY_OUTCOME_NOT_BEGUN;
    done->error = arena_strdup (arena, "it waited too long for its turn");
    return &done->base;
}

/* At the provider. */
static void
s_deliver (sim_t *sim, effect_t *self)
{
    arena_t *arena = arena_new ();
    ProtobufCAllocator allocator = arena_protobuf (arena);
    const perform_delivery_t *delivery = (perform_delivery_t *) protobuf_c_message_unpack (
        &perform_delivery_descriptor, &allocator, self->message.size, self->message.data);
    check (delivery);
    const ProtobufCMessage *result = sim->now > delivery->begin_by_at ? s_too_late (arena, delivery)
        : company_perform (sim, arena, delivery, self->trouble);
    s_keep_result (self, result);
    arena_destroy (&arena);
    int64_t ms = self->trouble == SIM_PROVIDER_SILENT ? TIMEOUT_MS : dice_between (&sim->luck, FAST_MS, SLOW_MS);
    sim->in_flight++;
    world_at (sim->now + ms, s_return, self);
}

static void
s_perform (sim_t *sim, void *closure)
{
    effect_t *self = closure;
    sim->in_flight--;
    sim->result->effects++;
    if (!s_bus (self))
        return s_free (self);
    if (strcmp (self->type, perform_delivery_descriptor.name) == 0)
        return s_deliver (sim, self);
    self->work (self->closure, self->type, self->message);
    s_free (self);
}

void __real_plan_improve (plan_t *self, const plan_budget_t *budget, plan_effort_t *ret_effort);
void __wrap_plan_improve (plan_t *self, const plan_budget_t *budget, plan_effort_t *ret_effort);

/* How good a plan is, is not the subject here: a day is searched in a thousandth of the effort. */
void
__wrap_plan_improve (plan_t *self, const plan_budget_t *budget, plan_effort_t *ret_effort)
{
    plan_budget_t small = *budget;
    small.seconds /= 1000;
    __real_plan_improve (self, &small, ret_effort);
}

static sim_provider_t
s_trouble (sim_service_t service)
{
    if (!world->is_storm || !fault_strikes (FAULT_provider))
        return SIM_PROVIDER_FINE;
    fault_note (FAULT_provider, service, NULL);
    return dice_roll (&world->dice [FAULT_provider]) % 2 ? SIM_PROVIDER_SILENT : SIM_PROVIDER_BUSY;
}

void
effect_begin (process_t *process, bus_worker_fn *work, void *closure, const char *type, blob_t message)
{
    effect_t *self = malloc (sizeof *self);
    uint8_t *bytes = malloc (message.size + 1);
    check (self && bytes);
    if (message.size)
        memcpy (bytes, message.data, message.size);
    *self = (effect_t) { process, process->serial, work, closure, strdup (type), { bytes, message.size },
        s_trouble (process->service) };
    world->in_flight++;
    world_at (world->now + dice_between (&world->luck, 1, FAST_MS), s_perform, self);
}
