/* loop_metrics - the figures of a service as Prometheus text (exposition format 0.0.4). */
#include "loop.h"
#include "moment.h"
#include "writer.h"

void
histogram_add (histogram_t *self, double value, double first_bucket, int factor)
{
    double limit = first_bucket;
    int bucket = 0;
    while (bucket < HISTOGRAM - 1 && value > limit) {
        limit *= factor;
        bucket++;
    }
    self->buckets [bucket]++;
    self->count++;
    self->sum += value;
}

typedef struct { writer_t writer; arena_t *arena; const char *service; } sheet_t;

static void
s_head (sheet_t *page, const char *name, const char *type, const char *help)
{
    writer_add_text (&page->writer, arena_printf (page->arena, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type));
}

static void
s_one (sheet_t *page, const char *name, const char *type, const char *help, double value)
{
    s_head (page, name, type, help);
    writer_add_text (&page->writer, arena_printf (page->arena, "%s{service=\"%s\"} %.17g\n", name, page->service,
        value));
}

static void
s_histogram (sheet_t *page, const char *name, const char *help, const histogram_t *h, double first_bucket, int factor)
{
    int64_t below = 0;
    double limit = first_bucket;
    s_head (page, name, "histogram", help);
    for (int i = 0; i < HISTOGRAM - 1; i++, limit *= factor)
        writer_add_text (&page->writer, arena_printf (page->arena, "%s_bucket{service=\"%s\",le=\"%.6g\"} %lld\n",
            name, page->service,
                         limit, (long long) (below += h->buckets [i])));
    writer_add_text (&page->writer, arena_printf (page->arena,
        "%s_bucket{service=\"%s\",le=\"+Inf\"} %lld\n%s_sum{service=\"%s\"} %.9g\n%s_count{service=\"%s\"} %lld\n",
            name, page->service,
        (long long) h->count, name, page->service, h->sum, name, page->service, (long long) h->count));
}

static void
s_lags (sheet_t *page, const loop_t *self)
{
    s_head (page, "fettle_source_lag_events", "gauge", "Events of a publisher that are known and not applied yet.");
    for (int i = 0; i < self->source_count; i++)
        writer_add_text (&page->writer, arena_printf (page->arena,
            "fettle_source_lag_events{service=\"%s\",source=\"%s\"} %lld\n",
            page->service, self->sources [i].name, (long long) (self->sources [i].head - self->sources [i].applied)));
    s_head (page, "fettle_source_rewound", "gauge", "1 when a publisher was restored to an earlier state: its events "
        "wait.");
    for (int i = 0; i < self->source_count; i++)
        writer_add_text (&page->writer, arena_printf (page->arena,
            "fettle_source_rewound{service=\"%s\",source=\"%s\"} %d\n",
            page->service, self->sources [i].name, *self->sources [i].trouble != '\0'));
}

static void
s_commands (sheet_t *page, const loop_t *self)
{
    const struct { const char *status; int64_t count; } rows [] = {
        { "accepted", self->count_of.accepted }, { "rejected", self->count_of.rejected },
            { "duplicate", self->count_of.duplicate },
        { "retry", self->count_of.retried }, { "malformed", self->count_of.malformed },
            { "forbidden", self->count_of.forbidden } };
    s_head (page, "fettle_commands_total", "counter", "Commands and requests answered, by answer.");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        writer_add_text (&page->writer, arena_printf (page->arena,
            "fettle_commands_total{service=\"%s\",status=\"%s\"} %lld\n",
            page->service, rows [i].status, (long long) rows [i].count));
}

char *
loop_metrics (loop_t *self, arena_t *arena)
{
    sheet_t page = { writer_new (arena, 256 * 1024), arena, self->service->name };
    s_one (&page, "fettle_ready", "gauge", "1 when the service takes work.", self->ready);
    s_one (&page, "fettle_epoch", "gauge", "Lease epoch of this writer.", (double) self->engine.epoch);
    s_one (&page, "fettle_last_sequence", "gauge", "Sequence of the last event published.",
        (double) self->published);
    s_one (&page, "fettle_turns_total", "counter", "Turns committed.", (double) self->engine.count.turns);
    s_one (&page, "fettle_messages_total", "counter", "Messages handled.", (double) self->engine.count.messages);
    s_one (&page, "fettle_passes_total", "counter", "Passes over batches, restarts for missing rows included.",
        (double) self->engine.count.passes);
    s_one (&page, "fettle_dead_letters", "gauge", "Messages that no handler could take and nobody has dealt with.",
        (double) self->dead_letters);
    s_one (&page, "fettle_gaps_total", "counter", "Gaps found in the events of others and filled by replay.",
        (double) self->count_of.gaps);
    s_one (&page, "fettle_replayed_events_total", "counter", "Events taken from replay.",
        (double) self->count_of.replayed);
    s_one (&page, "fettle_strangers_total", "counter", "Connections that were not let in at the doors on the network.",
        (double) self->count_of.strangers);
    s_one (&page, "fettle_outbox_age_seconds", "gauge", "Age of the last events when they had been committed and "
        "published.",
        self->outbox_age_s);
    s_one (&page, "fettle_clock_held", "gauge", "1 when this machine's clock is wrong and timers wait for it to be "
        "set right.", self->is_clock_held);
    s_one (&page, "fettle_redis_up", "gauge", "1 when Redis answers.", redis_is_up (self->redis));
    s_one (&page, "fettle_db_round_trips_total", "counter", "Round trips to Postgres.", self->db
        ? (double) db_round_trips (self->db) : 0);
    s_commands (&page, self);
    s_lags (&page, self);
    s_histogram (&page, "fettle_turn_messages", "Messages in a turn.", &self->turn_size, 1, 2);
    s_histogram (&page, "fettle_turn_seconds", "Time of a turn from first handler to last answer.",
        &self->turn_seconds, 0.00025, 2);
    for (int i = 0; i < self->observed_count; i++) {
        const observed_t *observed = &self->observed [i];
        s_histogram (&page, observed->figure->name, observed->figure->help, &observed->values,
            observed->figure->first_bucket, FIGURE_FACTOR);
    }
    return writer_text (&page.writer);
}
