/* loop_outcome - after the commit: publish, answer, remember timers, hand effects to the worker, tell Redis. */
#include "loop.h"
#include "check.h"
#include "crashpoint.h"
#include "moment.h"

static void
s_publish (loop_t *self, const outcome_t *outcome)
{
    for (int i = 0; i < outcome->event_count; i++)
        bus_publish (self->bus, outcome->events [i].topic, outcome->events [i].event);
}

static void
s_answer (loop_t *self, const outcome_t *outcome)
{
    for (int i = 0; i < outcome->message_count; i++)
        if (outcome->messages [i].route) {
            loop_answer (self, &outcome->messages [i]);
            outcome->messages [i].route = NULL;         /* once: a later part of this batch may still fail */
        }
}

static void
s_perform (loop_t *self, const outcome_t *outcome)
{
    if (outcome->tx->effect_count)
        CRASHPOINT ("attempt_recorded");
    for (int i = 0; i < outcome->tx->effect_count; i++) {
        const ProtobufCMessage *effect = outcome->tx->effects [i];
        bus_worker_send (self->bus, effect->descriptor->name, tx_pack (outcome->tx, effect));
    }
}

static void
s_show_positions (loop_t *self, const tx_t *tx)
{
    for (int i = 0; i < tx->geo_count; i++) {
        const geo_op_t *op = &tx->geos [i];
        if (op->remove) {
            redis_queue (self->redis, "ZREM engineer:positions %s", op->id);
            redis_queue (self->redis, "HDEL engineer:fixes %s", op->id);
        } else {
            redis_queue (self->redis, "GEOADD engineer:positions %.7f %.7f %s", op->longitude, op->latitude, op->id);
            redis_queue (self->redis, "HSET engineer:fixes %s %lld", op->id, (long long) op->fixed_at);
        }
    }
    if (tx->geo_count)
        redis_flush (self->redis);
}

static histogram_t *
s_observed (loop_t *self, const figure_t *figure)
{
    int i = 0;
    while (i < self->observed_count && self->observed [i].figure != figure)
        i++;
    check (i < FIGURES_MAX);
    self->observed_count = i == self->observed_count ? i + 1 : self->observed_count;
    self->observed [i].figure = figure;
    return &self->observed [i].values;
}

static void
s_count_observations (loop_t *self, const tx_t *tx)
{
    for (int i = 0; i < tx->observation_count; i++) {
        const observation_t *seen = &tx->observations [i];
        histogram_add (s_observed (self, seen->figure), seen->value, seen->figure->first_bucket, FIGURE_FACTOR);
    }
}

void
loop_say (loop_t *self, const outcome_t *outcome)
{
    s_publish (self, outcome);
    if (outcome->event_count)
        self->outbox_age_s = (double) (moment_now () - outcome->tx->now) / 1000;
    CRASHPOINT ("before_answer");
    s_answer (self, outcome);
    loop_note_timers (self, outcome->tx);
    s_perform (self, outcome);
    s_show_positions (self, outcome->tx);
    s_count_observations (self, outcome->tx);
}

void
loop_heartbeat (loop_t *self)
{
    bus_heartbeat_t beat = { .base = bus_heartbeat_init, .source = (char *) self->service->name,
                             .last_sequence = self->published, .epoch = self->engine.epoch, .at =
                                 moment_now () };
    uint8_t bytes [128];
    size_t size = protobuf_c_message_pack (&beat.base, bytes);
    bus_publish (self->bus, (blob_t) { (const uint8_t *) "fettle.bus.v1.Heartbeat", 23 }, (blob_t) { bytes, size });
}
