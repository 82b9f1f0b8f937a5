/* tail - follows the events of all services.
 *
 * The sockets may lose events, so the sequence of each service is watched, with its heartbeats: what is missing is
 * read from the service, as is all there ever was with --since-start. */
#include "bus.h"
#include "client.h"
#include "fettle.h"
#include "moment.h"
#include "options.h"
#include "show.h"
#include <stdio.h>
#include <string.h>

enum { SERVICES_MAX = 16, PAGE_MAX = 512, HELLO_MS = 1500, POLL_MS = 200 };

typedef struct {
    const char *name;
    client_t *client;
    int64_t seen;               /* sequence of the last event looked at; -1: not known yet */
    arena_t *arena;             /* of the page */
    bus_events_t *page;         /* NULL: ask for it */
    size_t at;
} source_t;

typedef struct {
    source_t sources [SERVICES_MAX];
    const char *names [SERVICES_MAX];
    int count;
    const char *prefix, *service, *subject;
    bool json, since_start, is_over;
    int64_t max, for_s, printed, until_at;
} tail_t;

/* ---- what is shown */

static bool
s_is_wanted (const tail_t *self, const bus_event_t *event)
{
    return show_has_prefix (event->type, self->prefix)
        && (!self->subject || strcmp (event->subject, self->subject) == 0 || strcmp (event->correlation_id,
        self->subject) == 0);
}

static void
s_show (tail_t *self, arena_t *arena, const bus_event_t *event)
{
    if (self->is_over || !s_is_wanted (self, event))
        return;
    self->is_over = !show_event (arena, event, self->json) || (self->max && ++self->printed >= self->max);
}

/* ---- stored events */

/* The page's next event, or NULL: the end of what the service has, or it does not answer. */
static const bus_event_t *
s_next (source_t *source)
{
    char error [512];
    if (source->page && source->at < source->page->n_events)
        return source->page->events [source->at];
    bus_replay_t replay = { .base = bus_replay_init, .after = source->seen, .max = PAGE_MAX };
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_REPLAY,
        .replay = &replay };
    arena_reset (source->arena);
    source->page = NULL;
    source->at = 0;
    const bus_response_t *response = client_ask (source->client, source->arena, &request, CLIENT_TIMEOUT_MS, error);
    if (!response || response->body_case != FETTLE__BUS__V1__RESPONSE__BODY_EVENTS)
        return NULL;
    source->page = response->events;
    while (source->at < source->page->n_events && source->page->events [source->at]->sequence <= source->seen)
        source->at++;
    return source->at < source->page->n_events ? source->page->events [source->at] : NULL;
}

static void
s_take_stored (tail_t *self, source_t *source, const bus_event_t *event)
{
    arena_t *arena = arena_new ();
    source->seen = event->sequence;
    source->at++;
    s_show (self, arena, event);
    arena_destroy (&arena);
}

/* Everything up to a sequence that the sockets did not bring. */
static void
s_catch_up (tail_t *self, source_t *source, int64_t to)
{
    const bus_event_t *event;
    while (!self->is_over && source->seen < to && (event = s_next (source)))
        s_take_stored (self, source, event);
    source->page = NULL;
}

/* All that is stored, the oldest of all services first. */
static void
s_show_history (tail_t *self)
{
    while (!self->is_over) {
        source_t *oldest = NULL;
        for (int i = 0; i < self->count; i++) {
            const bus_event_t *event = self->sources [i].seen >= 0 ? s_next (&self->sources [i]) : NULL;
            if (event && (!oldest || event->recorded < oldest->page->events [oldest->at]->recorded))
                oldest = &self->sources [i];
        }
        if (!oldest)
            return;
        s_take_stored (self, oldest, oldest->page->events [oldest->at]);
    }
}

/* ---- live events */

static source_t *
s_source (tail_t *self, const char *name)
{
    for (int i = 0; i < self->count; i++)
        if (strcmp (self->sources [i].name, name) == 0)
            return &self->sources [i];
    return NULL;
}

static void
s_take_event (tail_t *self, arena_t *arena, const bus_event_t *event)
{
    source_t *source = s_source (self, event->source);
    if (!source || (source->seen >= 0 && event->sequence <= source->seen))
        return;
    if (source->seen >= 0 && event->sequence > source->seen + 1)
        s_catch_up (self, source, event->sequence - 1);
    if (source->seen >= event->sequence)
        return;         /* the page brought it too */
    source->seen = event->sequence;
    s_show (self, arena, event);
}

static void
s_take_heartbeat (tail_t *self, const bus_heartbeat_t *beat)
{
    source_t *source = s_source (self, beat->source);
    if (source && source->seen < 0)
        source->seen = beat->last_sequence;
    else if (source && beat->last_sequence > source->seen)
        s_catch_up (self, source, beat->last_sequence);
}

static void
s_take (tail_t *self, arena_t *arena, blob_t topic, blob_t bytes)
{
    static const char heartbeat [] = "fettle.bus.v1.Heartbeat";
    bool is_beat = strncmp ((const char *) topic.data, heartbeat, sizeof heartbeat - 1) == 0;
    ProtobufCMessage *message = show_open (arena, is_beat ? heartbeat : "fettle.bus.v1.Event", bytes.data,
        bytes.size);
    if (message && is_beat)
        s_take_heartbeat (self, (bus_heartbeat_t *) message);
    else if (message)
        s_take_event (self, arena, (bus_event_t *) message);
}

static void
s_follow (tail_t *self, bus_follow_t *follow)
{
    arena_t *arena = arena_new ();
    while (!self->is_over && (!self->until_at || moment_steady () < self->until_at)) {
        const char *topic;
        blob_t bytes;
        arena_reset (arena);
        if (bus_follow_receive (follow, arena, POLL_MS, &topic, &bytes))
            s_take (self, arena, (blob_t) { (const uint8_t *) topic, strlen (topic) }, bytes);
        else
            self->is_over |= fflush (stdout) != 0;
    }
    arena_destroy (&arena);
}

/* ---- from where on */

static bool
s_open_source (tail_t *self, const char *name, char error [512])
{
    source_t *source = &self->sources [self->count];
    *source = (source_t) { .name = name, .client = client_open (name, error), .seen = -1, .arena = arena_new () };
    self->names [self->count++] = name;
    return source->client != NULL;
}

/* Where it is now. A service that does not answer is followed from when it comes. */
static int
s_ask_heads (tail_t *self)
{
    int answered = 0;
    char error [512];
    bus_get_status_t ask = { .base = bus_get_status_init };
    bus_request_t request = { .base = bus_request_init, .body_case = FETTLE__BUS__V1__REQUEST__BODY_GET_STATUS,
        .get_status = &ask };
    for (int i = 0; i < self->count; i++) {
        source_t *source = &self->sources [i];
        const bus_response_t *response = client_ask (source->client, source->arena, &request, HELLO_MS, error);
        if (response && response->body_case == FETTLE__BUS__V1__RESPONSE__BODY_STATUS) {
            source->seen = self->since_start ? 0 : response->status->last_sequence;
            answered++;
        } else
            fprintf (stderr, "fettle tail: %s\n", error);
    }
    return answered;
}

static int
s_run (tail_t *self)
{
    char error [512];
    for (int i = 0; bus_services [i]; i++)
        if ((!self->service || strcmp (self->service, bus_services [i]) == 0) && !s_open_source (self,
            bus_services [i], error))
            return fettle_fail (EXIT_UNREACHABLE, "tail", "%s", error);
    bus_follow_t *follow = bus_follow_new (self->names, "", error);
    if (!follow)
        return fettle_fail (EXIT_UNREACHABLE, "tail", "%s", error);
    int answered = s_ask_heads (self);
    if (answered && self->since_start)
        s_show_history (self);
    if (answered)
        s_follow (self, follow);
    bus_follow_destroy (&follow);
    return answered ? EXIT_OK : EXIT_UNREACHABLE;
}

int
command_tail (int argc, char **argv)
{
    tail_t self = { .prefix = "" };
    char error [512];
    const option_t options [] = {
        { "--service", OPTION_TEXT, &self.service, 0, 0 },     { "--subject", OPTION_TEXT, &self.subject, 0, 0 },
        { "--since-start", OPTION_FLAG, &self.since_start, 0, 0 }, { "--json", OPTION_FLAG, &self.json, 0, 0 },
        { "--max", OPTION_INT, &self.max, 1, INT64_MAX },      { "--for", OPTION_INT, &self.for_s, 1, 864000 },
        { 0 } };
    int count = options_take (argc, argv, options);
    if (count < 0)
        return EXIT_USAGE;
    if (count > 1)
        return fettle_usage ("tail", "give one prefix at most.");
    if (self.service && !client_is_service (self.service, error))
        return fettle_usage ("tail", "%s", error);
    if (count)
        self.prefix = argv [1];
    self.until_at = self.for_s ? moment_steady () + self.for_s * 1000 : 0;
    setvbuf (stdout, NULL, _IOLBF, 0);
    int code = s_run (&self);
    for (int i = 0; i < self.count; i++) {
        client_close (&self.sources [i].client);
        arena_destroy (&self.sources [i].arena);
    }
    return code;
}
