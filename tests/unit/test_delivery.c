/* Many commands to one service, against a service that is a script: it answers what the test says, in the order of
 * asking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "tools/fettle/delivery.c"

enum { COMMANDS_MAX = 4 };

static struct {
    const bus_command_t *under_way [COMMANDS_MAX * 10];
    int asked, answered;
    int not_now;                /* so many answers are "not now" before the first other one */
} s_service;

struct client_t { int unused; };

client_t *
client_open (const char *service, char error [512])
{
    static client_t client;
    (void) service, (void) error;
    return &client;
}

void
client_close (client_t **self)
{
    *self = NULL;
}

bool
client_service_of (const char *type, char ret_service [64])
{
    (void) type, (void) ret_service;
    return false;
}

bool
client_send (client_t *self, arena_t *arena, const bus_request_t *request)
{
    (void) self, (void) arena;
    assert_in_range (s_service.asked, 0, COMMANDS_MAX * 10 - 1);
    s_service.under_way [s_service.asked++] = request->command;
    return true;
}

const bus_response_t *
client_receive (client_t *self, arena_t *arena, int timeout_ms)
{
    (void) self, (void) timeout_ms;
    if (s_service.answered == s_service.asked)
        return NULL;
    bus_reply_t *reply = arena_alloc (arena, sizeof *reply);
    bus_response_t *response = arena_alloc (arena, sizeof *response);
    *reply = (bus_reply_t) { .base = bus_reply_init, .id = s_service.under_way [s_service.answered]->id,
                             .status = s_service.answered < s_service.not_now ? STATUS_RETRY : STATUS_ACCEPTED };
    *response = (bus_response_t) { .base = bus_response_init, .body_case = FETTLE__BUS__V1__RESPONSE__BODY_REPLY,
                                   .reply = reply };
    s_service.answered++;
    return response;
}

static void
s_run (const delivery_rules_t *rules, int not_now, delivery_t all [COMMANDS_MAX])
{
    static bus_command_t commands [COMMANDS_MAX];
    static char *const ids [COMMANDS_MAX] = { "a", "b", "c", "d" };
    char error [512] = "";
    arena_t *arena = arena_new ();
    memset (&s_service, 0, sizeof s_service);
    s_service.not_now = not_now;
    for (int i = 0; i < COMMANDS_MAX; i++) {
        commands [i] = (bus_command_t) { .base = bus_command_init, .id = ids [i], .type = "" };
        all [i] = (delivery_t) { .command = &commands [i] };
    }
    assert_true (delivery_run ("intake", arena, all, COMMANDS_MAX, rules, error));
    for (int i = 0; i < COMMANDS_MAX; i++)
        all [i].context = all [i].reply->status == STATUS_ACCEPTED ? "accepted" : "not now";
    arena_destroy (&arena);
}

static void
test_without_a_judge_what_is_not_taken_now_is_sent_again (void **state)
{
    (void) state;
    delivery_t all [COMMANDS_MAX];
    s_run (&(delivery_rules_t) { .window = 2, .timeout_ms = 10000 }, 3, all);
    int tries = 0;
    for (int i = 0; i < COMMANDS_MAX; i++) {
        assert_true (all [i].is_done);
        assert_string_equal (all [i].context, "accepted");
        tries += all [i].tries;
    }
    assert_int_equal (tries, COMMANDS_MAX + 3);
}

static int64_t
s_takes_anything (void *closure, delivery_t *delivery)
{
    (void) delivery;
    ++*(int *) closure;
    return -1;
}

static void
test_a_judge_decides_what_is_final (void **state)
{
    (void) state;
    delivery_t all [COMMANDS_MAX];
    int asked = 0;
    s_run (&(delivery_rules_t) { .window = 2, .timeout_ms = 10000, .judge = s_takes_anything, .closure = &asked },
           COMMANDS_MAX, all);
    assert_int_equal (asked, COMMANDS_MAX);
    assert_int_equal (s_service.asked, COMMANDS_MAX);
    assert_string_equal (all [0].context, "not now");
}

int
main (void)
{
    const struct CMUnitTest tests [] = {
        cmocka_unit_test (test_without_a_judge_what_is_not_taken_now_is_sent_again),
        cmocka_unit_test (test_a_judge_decides_what_is_final),
    };
    return cmocka_run_group_tests (tests, NULL, NULL);
}
