/* hear - listens for breaches at the sla-watchdog's PUB door and prints when each was there, once COUNT have come or
 * nothing has come for SECONDS.
 *
 *   hear COUNT SECONDS      with FETTLE_BUS
 *
 * One line each: instant (ms UTC, the first at which it may be said), recorded (ms), heard (us), clock. */
#include "bus.h"
#include "check.h"
#include "messages.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct { int64_t at_us; blob_t bytes; } heard_t;

static int64_t
s_now_us (void)
{
    struct timespec t;
    clock_gettime (CLOCK_REALTIME, &t);
    return (int64_t) t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void
s_print (arena_t *arena, const heard_t *heard)
{
    ProtobufCAllocator allocator = arena_protobuf (arena);
    bus_event_t *event = (bus_event_t *) protobuf_c_message_unpack (&bus_event_descriptor, &allocator,
        heard->bytes.size, heard->bytes.data);
    check (event);
    sla_breached_t *breach = (sla_breached_t *) protobuf_c_message_unpack (&sla_breached_descriptor, &allocator,
        event->data.len, event->data.data);
    check (breach);
    printf ("%" PRId64 " %" PRId64 " %" PRId64 " %s\n", breach->breach_at + 1, event->recorded, heard->at_us,
        breach->clock_id);
}

int
main (int argc, char **argv)
{
    char error [512];
    const char *const services [] = { "sla-watchdog", NULL };
    if (argc != 3)
        return fprintf (stderr, "usage: hear COUNT SECONDS\n"), 2;
    long count = strtol (argv [1], NULL, 10), seconds = strtol (argv [2], NULL, 10), got = 0;
    bus_follow_t *follow = bus_follow_new (services, "fettle.sla_watchdog.v1.SlaBreached", error);
    if (!follow)
        return fprintf (stderr, "hear: %s\n", error), 1;
    arena_t *arena = arena_new ();
    heard_t *heard = calloc ((size_t) count, sizeof *heard);
    check (heard);
    const char *topic;
    fprintf (stderr, "listening\n");
    while (got < count && bus_follow_receive (follow, arena, (int) seconds * 1000, &topic, &heard [got].bytes))
        heard [got++].at_us = s_now_us ();
    for (long i = 0; i < got; i++)
        s_print (arena, &heard [i]);
    bus_follow_destroy (&follow);
    arena_destroy (&arena);
    free (heard);
    return 0;
}
