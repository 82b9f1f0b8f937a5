/* loop_stranger - who was not let in at the doors: counted, and told once a second in a few lines, however many
 * come. */
#include "loop.h"
#include "log.h"
#include "moment.h"

enum { TELL_MS = 1000 };

void
loop_tell_strangers (loop_t *self)
{
    bus_stranger_t strangers [BUS_STRANGERS_MAX];
    int64_t others, now = moment_steady ();
    if (now < self->strangers_at)
        return;
    self->strangers_at = now + TELL_MS;
    int count = bus_take_strangers (self->bus, strangers, &others);
    for (int i = 0; i < count; i++) {
        log_warning ("%s was not let in, %lld times since the last second: %s", strangers [i].address,
            (long long) strangers [i].times, strangers [i].why);
        self->count_of.strangers += strangers [i].times;
    }
    if (others)
        log_warning ("others were not let in, %lld times in the same second", (long long) others);
    self->count_of.strangers += others;
}
