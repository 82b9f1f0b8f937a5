/* driver - sends messages of 200 bytes through one system, and measures when they are durable and when applied.
 *
 *   driver SYSTEM ADDRESS apply|accept COUNT WINDOW RATE PIPE DSN
 *
 * SYSTEM: fettle, jetstream, rabbitmq, redis, postgres. apply: with a receiver that commits a row for each; accept:
 * without. WINDOW: outstanding confirmations. RATE: a second, 0 is as fast as the window allows. PIPE: a named pipe
 * that tells what is applied. DSN: where the peers' receivers commit. Prints one line of JSON. */
#include "applied.h"
#include "effect.h"
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MARK_EVERY = 64, PATIENCE_US = 60000000, CHUNK = 256 };

static const exchange_t *const s_systems [] = {
    &exchange_fettle, &exchange_jetstream, &exchange_rabbitmq, &exchange_redis, &exchange_postgres, NULL };

typedef struct {
    const exchange_t *system;
    const char *address, *dsn, *pipe_path;
    bool is_applied;                    /* wait for the effects, too */
    long count, window, rate;
    uint64_t chance;
    char run [17];
    int pipe;
    pid_t receiver;
    long sent, confirmed, told;
    int64_t *sent_us, *accept_us, *apply_us;
    int64_t began_us, heard_us, last_confirmed_us, last_applied_us;
} driver_t;

void
exchange_fail (const char *format, ...)
{
    va_list arguments;
    va_start (arguments, format);
    vfprintf (stderr, format, arguments);
    va_end (arguments);
    fputc ('\n', stderr);
    exit (1);
}

/* ---- the receiver, a process of its own */

static void
s_tell_marked (const driver_t *self, const body_t *bodies, int count)
{
    for (int i = 0; i < count; i++)
        if (bodies [i].is_marked)
            applied_tell (self->pipe, bodies [i].id);
}

_Noreturn static void
s_receive (const driver_t *self)
{
    static body_t s_bodies [BATCH_MAX];
    prctl (PR_SET_PDEATHSIG, SIGKILL);
    effect_open (self->dsn);
    self->system->open_receiver (self->address);
    applied_tell (self->pipe, self->run);
    for (;;) {
        int count = self->system->receive (s_bodies, BATCH_MAX, 100);
        if (!count)
            continue;
        effect_apply (s_bodies, count);
        self->system->acknowledge ();
        s_tell_marked (self, s_bodies, count);
    }
}

static void
s_check_receiver (const driver_t *self)
{
    int status;
    if (self->receiver && waitpid (self->receiver, &status, WNOHANG) == self->receiver)
        exchange_fail ("the receiver of %s has ended", self->system->name);
}

static void
s_start_receiver (driver_t *self)
{
    applied_t told;
    self->receiver = fork ();
    if (self->receiver < 0)
        exchange_fail ("fork: %s", strerror (errno));
    if (!self->receiver)
        s_receive (self);
    while (!applied_hear (self->pipe, &told) || strcmp (told.id, self->run) != 0) {
        poll (&(struct pollfd) { .fd = self->pipe, .events = POLLIN }, 1, 100);
        s_check_receiver (self);
    }
}

/* Its work is done: all that was sent is applied. */
static void
s_stop_receiver (const driver_t *self)
{
    if (self->receiver) {
        kill (self->receiver, SIGKILL);
        waitpid (self->receiver, NULL, 0);
    }
}

/* ---- the sender */

/* Bytes that no compression makes smaller, others in each message (xorshift64*, Vigna 2016). */
static void
s_fill (driver_t *self, body_t *body)
{
    for (size_t i = 0; i < sizeof body->rest; i += sizeof self->chance) {
        self->chance ^= self->chance >> 12;
        self->chance ^= self->chance << 25;
        self->chance ^= self->chance >> 27;
        uint64_t word = self->chance * 0x2545F4914F6CDD1DULL;
        memcpy (body->rest + i, &word, sizeof word);
    }
}

static void
s_send (driver_t *self)
{
    static body_t s_body;
    long n = self->sent++;
    s_fill (self, &s_body);
    snprintf (s_body.id, sizeof s_body.id, "%s:%ld", self->run, n);
    s_body.is_marked = self->is_applied && (self->rate || n % MARK_EVERY == 0 || n == self->count - 1);
    s_body.sent_us = self->sent_us [n] = applied_now_us ();
    self->system->send (&s_body);
}

/* Told of each marked message once it is applied; of other runs nothing is kept. */
static void
s_hear (driver_t *self)
{
    applied_t told;
    size_t length = strlen (self->run);
    while (applied_hear (self->pipe, &told)) {
        if (strncmp (told.id, self->run, length) != 0 || told.id [length] != ':')
            continue;
        long n = strtol (told.id + length + 1, NULL, 10);
        self->apply_us [self->told++] = told.at_us - self->sent_us [n];
        self->heard_us = applied_now_us ();
        if (n == self->count - 1)
            self->last_applied_us = told.at_us;
    }
}

static void
s_confirm (driver_t *self, int timeout_ms)
{
    int count = self->system->confirmed (timeout_ms);
    int64_t now = applied_now_us ();
    for (int i = 0; i < count && self->confirmed < self->sent; i++, self->confirmed++)
        self->accept_us [self->confirmed] = now - self->sent_us [self->confirmed];
    if (count)
        self->last_confirmed_us = self->heard_us = now;
}

static int64_t
s_due_us (const driver_t *self)
{
    return self->began_us + self->sent * 1000000 / self->rate;
}

static void
s_send_what_may_go (driver_t *self)
{
    for (int i = 0; i < CHUNK && self->sent < self->count && self->sent - self->confirmed < self->window; i++) {
        if (self->rate && applied_now_us () < s_due_us (self))
            return;
        s_send (self);
    }
}

/* Sleeps in the system's own wait; to the next message when that comes before. */
static int
s_patience_ms (const driver_t *self)
{
    if (!self->rate)
        return self->sent < self->count && self->sent - self->confirmed < self->window ? 0 : 1;
    int64_t left_us = self->sent < self->count ? s_due_us (self) - applied_now_us () : 1000;
    return left_us >= 1000 ? 1 : 0;
}

static void
s_check_patience (const driver_t *self)
{
    if (applied_now_us () - self->heard_us > PATIENCE_US)
        exchange_fail ("%s: nothing for a minute; %ld of %ld sent, %ld confirmed", self->system->name, self->sent,
            self->count, self->confirmed);
}

static bool
s_is_done (const driver_t *self)
{
    return self->confirmed == self->count && (!self->is_applied || self->last_applied_us);
}

static void
s_drive (driver_t *self)
{
    self->began_us = self->heard_us = applied_now_us ();
    while (!s_is_done (self)) {
        s_send_what_may_go (self);
        if (self->confirmed < self->sent)
            s_confirm (self, s_patience_ms (self));
        else if (s_patience_ms (self))
            poll (&(struct pollfd) { .fd = self->pipe, .events = POLLIN }, 1, 1);
        s_hear (self);
        s_check_receiver (self);
        s_check_patience (self);
    }
}

/* ---- figures */

static int
s_by_value (const void *left, const void *right)
{
    int64_t l = *(const int64_t *) left, r = *(const int64_t *) right;
    return (l > r) - (l < r);
}

static void
s_print_times (const char *name, int64_t *values, long count, int64_t until_us, const driver_t *self)
{
    qsort (values, (size_t) count, sizeof *values, s_by_value);
    printf (", \"%s_rate\": %.1f, \"%s_p50_ms\": %.3f, \"%s_p99_ms\": %.3f", name,
        (double) self->count * 1e6 / (double) (until_us - self->began_us), name, (double) values [count / 2] / 1e3,
        name, (double) values [count * 99 / 100] / 1e3);
}

static void
s_print (driver_t *self)
{
    printf ("{\"run\": \"%s\", \"sent\": %ld", self->run, self->sent);
    s_print_times ("accept", self->accept_us, self->confirmed, self->last_confirmed_us, self);
    if (self->is_applied)
        s_print_times ("apply", self->apply_us, self->told, self->last_applied_us, self);
    printf ("}\n");
}

/* ---- what was asked for */

static long
s_number (const char *name, const char *text, long min, long max)
{
    char *end;
    errno = 0;
    long value = strtol (text, &end, 10);
    if (errno || end == text || *end || value < min || value > max)
        exchange_fail ("%s is '%s': it must be a number of %ld to %ld", name, text, min, max);
    return value;
}

static const exchange_t *
s_system (const char *name)
{
    for (int i = 0; s_systems [i]; i++)
        if (strcmp (s_systems [i]->name, name) == 0)
            return s_systems [i];
    exchange_fail ("there is no system '%s': fettle, jetstream, rabbitmq, redis or postgres", name);
}

static void
s_begin (driver_t *self)
{
    if (!self->system->send)
        exchange_fail ("%s: %s", self->system->name, self->system->address);
    if (getrandom (&self->chance, sizeof self->chance, 0) != sizeof self->chance)
        exchange_fail ("getrandom: %s", strerror (errno));
    snprintf (self->run, sizeof self->run, "%016llx", (unsigned long long) self->chance);
    self->chance |= 1;
    self->pipe = applied_open (self->pipe_path);
    if (self->pipe < 0)
        exchange_fail ("%s: %s", self->pipe_path, strerror (errno));
    self->sent_us = calloc ((size_t) self->count, sizeof (int64_t));
    self->accept_us = calloc ((size_t) self->count, sizeof (int64_t));
    self->apply_us = calloc ((size_t) self->count, sizeof (int64_t));
    if (!self->sent_us || !self->accept_us || !self->apply_us)
        exchange_fail ("no memory for %ld messages", self->count);
}

static void
s_end (driver_t *self)
{
    s_stop_receiver (self);
    close (self->pipe);
    free (self->sent_us);
    free (self->accept_us);
    free (self->apply_us);
}

int
main (int argc, char **argv)
{
    if (argc != 9)
        return fprintf (stderr, "usage: driver SYSTEM ADDRESS apply|accept COUNT WINDOW RATE PIPE DSN\n"), 2;
    driver_t driver = { .system = s_system (argv [1]), .address = argv [2],
        .is_applied = strcmp (argv [3], "apply") == 0,
        .count = s_number ("COUNT", argv [4], 1, 10000000), .window = s_number ("WINDOW", argv [5], 1, 4096),
        .rate = s_number ("RATE", argv [6], 0, 1000000), .pipe_path = argv [7], .dsn = argv [8] };
    if (!driver.is_applied && strcmp (argv [3], "accept") != 0)
        exchange_fail ("'%s' is neither apply nor accept", argv [3]);
    s_begin (&driver);
    if (driver.system->make)
        driver.system->make (driver.address);
    if (driver.is_applied && driver.system->open_receiver)
        s_start_receiver (&driver);
    driver.system->open_sender (driver.address);
    s_drive (&driver);
    s_print (&driver);
    s_end (&driver);
    return 0;
}
